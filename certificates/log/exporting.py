"""The whole log in a folder, for an auditor who trusts nobody, with the program that checks it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from certificates.log import verify_log
from certificates.log.verifying import known_keys
from certificates.models import Checkpoint, Leaf

BATCH = 2000


def export_log(folder: Path) -> tuple[int, int]:
    """Write the log in a folder that is new or empty; returns how many leaves and checkpoints. OSError otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    (folder / "checkpoints").mkdir()
    checkpoints = 0
    for one in Checkpoint.objects.select_related("stamp").order_by("pk").iterator(chunk_size=BATCH):
        path = folder / "checkpoints" / f"{one.size:012d}-{one.day.isoformat()}.txt"
        path.write_text(one.text, encoding="utf-8")
        if hasattr(one, "stamp"):
            path.with_suffix(".tsr").write_bytes(bytes(one.stamp.token))
        checkpoints += 1
    leaves = 0
    with (folder / "leaves.ndjson").open(
        "w", encoding="utf-8"
    ) as file:  # after: no checkpoint is ahead of them
        for index, told in Leaf.objects.order_by("pk").values_list("pk", "commitment").iterator(BATCH):
            file.write(json.dumps({"index": index, "commitment": told}) + "\n")
            leaves += 1
    (folder / "keys.txt").write_text("".join(f"{key}\n" for key in known_keys()), encoding="utf-8")
    shutil.copyfile(verify_log.__file__, folder / "verify_log.py")
    return leaves, checkpoints
