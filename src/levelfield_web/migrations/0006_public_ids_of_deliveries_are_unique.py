from django.db import migrations, models

import levelfield_web.same_data.models


class Migration(migrations.Migration):
    dependencies = [
        ("levelfield", "0005_every_delivery_gets_a_public_id"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="public_id",
            field=models.CharField(
                default=levelfield_web.same_data.models.new_public_id, editable=False, max_length=14, unique=True
            ),
        ),
    ]
