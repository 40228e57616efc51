"""The notebook runs from its first cell to its last, in a kernel, and says what the case says."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.needs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOK = ROOT / "examples" / "asking.ipynb"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run the notebook beside its example and return the text of each cell's output by its id."""
    import nbformat
    from nbclient import NotebookClient

    home: Path = tmp_path_factory.mktemp("jupyter")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    )
    # nothing of the user's own Jupyter is read or written
    kept = {**os.environ, "IPYTHONDIR": str(home / "ipython"), "PYTHONPATH": str(ROOT)}
    client.execute(env=kept)
    return {cell.id: told(cell) for cell in notebook.cells if cell.cell_type == "code"}


def told(cell: Any) -> str:  # noqa: ANN401 - nbformat brings no types
    """Return the text of a cell's outputs."""
    texts = [out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs]
    return "".join(texts)


def test_the_committed_notebook_has_no_outputs() -> None:
    kept = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = [cell for cell in kept["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 8
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    assert set(kept["metadata"]) == {"kernelspec", "language_info"}
    assert len({cell["id"] for cell in kept["cells"]}) == len(kept["cells"])
    assert NOTEBOOK.read_text(encoding="utf-8") == (
        json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    )


@pytest.mark.slow
def test_the_notebook_finds_what_the_example_holds(outputs: dict[str, str]) -> None:
    assert "('strong', 'self_dealing_agent')" in outputs["flag"]
    assert "batch_deals(batch=None)" in outputs["list"]
    assert "deal-3" in outputs["deals"]
    assert outputs["difference"] == "1200000"
    assert "3.666667" in outputs["rises"]
    assert "('王某某', 'wang-wx')" in outputs["query"]
    assert "('董某某', 'wang-wx')" in outputs["query"]


@pytest.mark.slow
def test_the_notebook_hands_graphs_and_tables_over(outputs: dict[str, str]) -> None:
    # from seller-2 to 吴某某 there are two ways, from seller-1 one
    assert outputs["network"] == "(5, 6)"
    assert outputs["between"] == "[(1.5, '董某某'), (0.5, '王某某')]"
    assert "received_minor: int64" in outputs["types"]
    assert "received_bound: string" in outputs["types"]
