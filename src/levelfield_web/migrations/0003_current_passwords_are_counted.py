from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("levelfield", "0002_deliveries_and_acceptances"),
    ]

    operations = [
        migrations.AlterField(
            model_name="signinattempt",
            name="step",
            field=models.CharField(
                choices=[("password", "password"), ("code", "code"), ("current", "current password")],
                max_length=10,
                verbose_name="step",
            ),
        ),
    ]
