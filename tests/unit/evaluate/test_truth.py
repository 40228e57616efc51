"""A truth is read whole from any of its forms, or refused with file and line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from graphmodel.errors import InputError, UsageError
from graphmodel.evaluate.truth import Label, read_truth

if TYPE_CHECKING:
    from pathlib import Path

ROW: dict[str, Any] = {
    "id": "relay-p1",
    "typology": "relay",
    "kind": "plant",
    "variant": "two_buyers",
    "hardship": "coarse_date",
    "roles": {"intermediary": ["x"], "batch": ["b1", "b2"]},
    "events": ["d1", "d2"],
}
LABEL = Label(
    id="relay-p1",
    typology="relay",
    kind="plant",
    variant="two_buyers",
    hardship="coarse_date",
    roles={"intermediary": frozenset("x"), "batch": frozenset(("b1", "b2"))},
    events=frozenset(("d1", "d2")),
)


def lines(*rows: dict[str, Any]) -> str:
    """Return rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def written(folder: Path, text: str) -> Path:
    """Write a truth and return its path."""
    path = folder / "truth.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_form_says_the_same(tmp_path: Path) -> None:
    written(tmp_path, lines(ROW))
    assert read_truth(tmp_path) == read_truth(tmp_path / "truth.jsonl") == (LABEL,)
    flat = {**ROW, "roles": json.dumps(ROW["roles"]), "events": "d1; d2"}
    quoted = {name: '"' + str(cell).replace('"', '""') + '"' for name, cell in flat.items()}
    sheet = tmp_path / "truth.csv"
    sheet.write_text(",".join(quoted) + "\n" + ",".join(quoted.values()) + "\n", encoding="utf-8")
    assert read_truth(sheet) == (LABEL,)
    columns = {name: [cell] for name, cell in flat.items()} | {"events": [["d1", "d2"]]}
    parquet.write_table(pa.table(columns), tmp_path / "truth.parquet")
    assert read_truth(tmp_path / "truth.parquet") == (LABEL,)
    with pytest.raises(UsageError, match="more than one truth"):
        read_truth(tmp_path)


def test_an_empty_truth_has_no_label(tmp_path: Path) -> None:
    assert read_truth(written(tmp_path, "\n")) == ()


def test_a_label_without_a_typology_is_kept(tmp_path: Path) -> None:
    row = {**ROW, "typology": "", "roles": {"any": ["x"]}, "variant": "bipartite"}
    (label,) = read_truth(written(tmp_path, lines(row)))
    assert (label.typology, label.variant) == ("", "bipartite")
    assert label.parties == {"x"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": ""}, "it has no id"),
        ({"id": "first"}, "the id first stands in an earlier row"),
        ({"kind": "planted"}, "the kind planted is neither plant nor decoy"),
        ({"typology": "rellay"}, "no typology is called rellay (near: relay)"),
        ({"roles": {"agent": ["x"]}}, "the typology has no role agent (it has: upstream"),
        ({"roles": {"buyer": "x"}}, "roles is no object of lists of ids"),
        ({"roles": ["x"]}, "roles is no object of lists of ids"),
        ({"roles": {"buyer": [None]}}, "roles is no object of lists of ids"),
        ({"events": [""]}, "events is no list of ids"),
        ({"events": [["d1"]]}, "events is no list of ids"),
        ({"events": [], "roles": {"buyer": []}}, "it names neither roles nor events"),
    ],
)
def test_a_row_that_is_no_label_is_refused_with_its_line(
    change: dict[str, Any], words: str, tmp_path: Path
) -> None:
    text = lines({**ROW, "id": "first"}) + "\n" + lines({**ROW, **change})
    with pytest.raises(InputError) as caught:
        read_truth(written(tmp_path, text))
    assert f"truth.jsonl, line 3, cannot be used: {words}" in str(caught.value)


def test_a_line_that_is_no_json_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"truth\.jsonl, line 2, cannot be used"):
        read_truth(written(tmp_path, lines(ROW) + '{"id": \n'))


def test_a_truth_that_is_not_there_or_is_no_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no truth"):
        read_truth(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match=r"holds no truth\.jsonl"):
        read_truth(tmp_path)
    (tmp_path / "x.txt").touch()
    with pytest.raises(UsageError, match="no truth of a known form"):
        read_truth(tmp_path / "x.txt")
    row = {name: cell for name, cell in ROW.items() if name != "kind"}
    with pytest.raises(InputError, match="lacks the column kind"):
        read_truth(written(tmp_path, lines(row)))
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="cannot be read"):
        read_truth(tmp_path / "bad.parquet")
