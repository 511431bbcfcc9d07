"""Which address it was that refused our mail: a corrected one gets it again."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0003_mail_may_go"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="reader",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reader",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reader",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="reader",
            name="suppressed_address",
            field=models.EmailField(
                blank=True, db_default="", default="", editable=False, max_length=254
            ),
        ),
        migrations.AddField(
            model_name="readerevent",
            name="suppressed_address",
            field=models.EmailField(
                blank=True, db_default="", default="", editable=False, max_length=254
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reader",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "digests_readerevent" ("address_epoch", "every", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "suppressed_address", "suppressed_at", "suppressed_why", "unsubscribed_at") VALUES (NEW."address_epoch", NEW."every", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."suppressed_address", NEW."suppressed_at", NEW."suppressed_why", NEW."unsubscribed_at"); RETURN NULL;',
                    hash="0ff8072c54ba9619ec0ebf2dbd87f53b8fc327de",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6bf19",
                    table="digests_reader",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reader",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "digests_readerevent" ("address_epoch", "every", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "suppressed_address", "suppressed_at", "suppressed_why", "unsubscribed_at") VALUES (NEW."address_epoch", NEW."every", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."suppressed_address", NEW."suppressed_at", NEW."suppressed_why", NEW."unsubscribed_at"); RETURN NULL;',
                    hash="caf8775184188d86b792fb55858ff7477be13767",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8d9b3",
                    table="digests_reader",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reader",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "digests_readerevent" ("address_epoch", "every", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "suppressed_address", "suppressed_at", "suppressed_why", "unsubscribed_at") VALUES (OLD."address_epoch", OLD."every", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."suppressed_address", OLD."suppressed_at", OLD."suppressed_why", OLD."unsubscribed_at"); RETURN NULL;',
                    hash="4c158f280ab02a6c39373539cdf89024d6485c05",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6f277",
                    table="digests_reader",
                    when="AFTER",
                ),
            ),
        ),
    ]
