from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("levelfield", "0003_current_passwords_are_counted"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="public_id",
            field=models.CharField(editable=False, max_length=14, null=True),
        ),
    ]
