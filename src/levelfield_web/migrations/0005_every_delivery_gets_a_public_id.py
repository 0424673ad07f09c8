import secrets

from django.db import migrations


def give_public_ids(apps, schema_editor):
    """Every delivery made before gets one; twelve digits do not meet among so few."""
    deliveries = apps.get_model("levelfield", "Delivery").objects
    for delivery in deliveries.filter(public_id=None).only("pk").iterator():
        deliveries.filter(pk=delivery.pk).update(public_id=f"D-{secrets.token_hex(6)}")


class Migration(migrations.Migration):
    dependencies = [
        ("levelfield", "0004_deliveries_have_room_for_a_public_id"),
    ]

    operations = [
        migrations.RunPython(give_public_ids, migrations.RunPython.noop),
    ]
