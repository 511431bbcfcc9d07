"""What imports know about people. Stored files go as a whole, see `imports.services.erasing`."""

from __future__ import annotations

from core.personal import PersonalData, nothing, register, told, typed

_CODE = nothing("a word of our own")

register(
    PersonalData(
        model="imports.SavedMapping",
        noun="saved mappings",
        done_by=("created_by",),
        fields={"name": typed(is_key=True), "kind": _CODE, "text": typed()},
    )
)
register(
    PersonalData(
        model="imports.ImportRun",
        noun="imports",
        done_by=("by", "undone_by"),
        fields={
            "kind": _CODE,
            "file": nothing("a random name"),
            "file_name": typed(),
            "sha256": nothing("a hash"),
            "mapping": told(),
            "outcome": told(),
            "problem": told(),
        },
    )
)
register(
    PersonalData(model="imports.RunProgress", noun="progress of imports", fields={"step": _CODE})
)
register(
    PersonalData(
        model="imports.RefusedValue",
        noun="refused values",
        fields={"column": told(), "series": told(), "raw": told(), "reason": told()},
    )
)
register(
    PersonalData(
        model="imports.ImportedObject",
        noun="things that imports touched",
        fields={"subject": _CODE, "label": told(), "action": _CODE, "before": told()},
    )
)
register(
    PersonalData(
        model="imports.UndoRefusal",
        noun="things that an undo left",
        fields={"label": told(), "reason": told()},
    )
)
