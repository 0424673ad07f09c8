from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("levelfield", "0007_deliveries_remember_when_they_were_claimed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="totp_secret",
            field=models.CharField(blank=True, max_length=255, verbose_name="key of the one-time codes, encrypted"),
        ),
    ]
