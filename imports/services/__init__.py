"""Every write of the imports app: verb first, keyword-only, told by whom and when."""

from imports.services.erasing import ImportAtWork, forget_files, forget_objects
from imports.services.files import Pruned, StoredFile, prune, store_upload
from imports.services.foreground import run_in_foreground
from imports.services.mappings import (
    NameTaken,
    change_mapping,
    delete_mapping,
    save_mapping,
)
from imports.services.runs import (
    WrongState,
    back_to_mapping,
    cancel_run,
    create_run,
    keep_mapping,
    request_undo,
    set_mapping,
    start_run,
    undoable_until,
)
from imports.services.touched import Touched, remember
from imports.services.work import work_on

__all__ = [
    "ImportAtWork",
    "NameTaken",
    "Pruned",
    "StoredFile",
    "Touched",
    "WrongState",
    "back_to_mapping",
    "cancel_run",
    "change_mapping",
    "create_run",
    "delete_mapping",
    "forget_files",
    "forget_objects",
    "keep_mapping",
    "prune",
    "remember",
    "request_undo",
    "run_in_foreground",
    "save_mapping",
    "set_mapping",
    "start_run",
    "store_upload",
    "undoable_until",
    "work_on",
]
