"""Values by id, read many at a time."""

from __future__ import annotations

from graphmodel.detect.batch import Batch


def test_needed_ids_are_read_once_and_together() -> None:
    calls: list[list[str]] = []

    def load(ids: list[str]) -> dict[str, int]:
        calls.append(ids)
        return {id_: len(id_) for id_ in ids if id_ != "unknown"}

    batch = Batch(load, 0)
    batch.need(["bb", "a", "bb"])
    batch.need(["a"])
    assert (batch["a"], batch["bb"], batch["unknown"]) == (1, 2, 0)
    assert calls == [["a", "bb"], ["unknown"]]
