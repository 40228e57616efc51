"""Values by id, read many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.detect.batch import PATIENCE, SMALL, Batch, Whole

if TYPE_CHECKING:
    import pytest


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


def counting(calls: list[list[str] | None], facts: int) -> Whole[int]:
    """Return a batch of a hundred values that notes what is read."""

    def load(ids: list[str] | None) -> dict[str, int]:
        calls.append(ids)
        known = [f"n{place}" for place in range(100)]
        return {id_: 1 for id_ in known if ids is None or id_ in ids}

    return Whole(load, 0, lambda: facts)


def test_little_is_read_whole() -> None:
    calls: list[list[str] | None] = []
    whole = counting(calls, SMALL)
    whole.need(["n1"])
    assert (whole["n1"], whole["n2"], whole["x"]) == (1, 1, 0)
    assert calls == [None]


def test_much_is_read_as_needed_and_whole_when_asked_for_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("graphmodel.detect.batch.FACTS_A_READ", SMALL)
    calls: list[list[str] | None] = []
    much = counting(calls, SMALL + 1)
    much.need(["n1", "n0"])
    assert calls == [["n0", "n1"]]
    assert "n1" in much
    assert much.get("n1") == 1
    values = [much[f"n{place}"] for place in range(99, 50, -1)]
    assert values == [1] * 49
    assert calls[1:-1] == [[f"n{place}"] for place in range(99, 98 - PATIENCE, -1)]
    assert calls[-1] is None
    assert much.get("x", 7) == 7
    assert "x" not in much
    assert len(calls) == PATIENCE + 3
