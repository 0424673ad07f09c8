from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("levelfield", "0006_public_ids_of_deliveries_are_unique"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="claimed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
