from django.db import migrations

from levelfield_web.people.codes import opened, sealed


def encrypt(apps, schema_editor):
    """Keys kept in the clear until now."""
    change(apps, sealed)


def decrypt(apps, schema_editor):
    """As they were."""
    change(apps, opened)


def change(apps, how):
    people = apps.get_model("levelfield", "User").objects
    for person in people.exclude(totp_secret="").only("pk", "totp_secret").iterator():
        people.filter(pk=person.pk).update(totp_secret=how(person.totp_secret))


class Migration(migrations.Migration):
    dependencies = [
        ("levelfield", "0008_keys_of_codes_have_room_to_be_encrypted"),
    ]

    operations = [
        migrations.RunPython(encrypt, decrypt),
    ]
