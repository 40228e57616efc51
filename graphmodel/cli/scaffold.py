"""The first files of a new typology: a module, a rule and two stories, which run as they are."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from graphmodel.cli.session import Session

MODULES = Path("graphmodel/detect/typologies")
RULES = Path("cypher/typologies")
STORIES = Path("tests/typologies")
STEM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_STEM = 40


def write_typology(session: Session, stem: str, checkout: Path) -> list[Path]:
    """Write the files of a new typology and return their paths; nothing that exists is replaced."""
    if not STEM.fullmatch(stem) or keyword.iskeyword(stem) or len(stem) > LONGEST_STEM:
        session.refuse("cli-error-stem", stem=stem)
    for folder in (MODULES, RULES, STORIES):
        if not (checkout / folder).is_dir():
            session.refuse("cli-error-no-checkout", path=checkout, missing=folder.as_posix())
    texts = typology_files(stem)
    for path in (MODULES / f"{stem}.py", RULES / f"{stem}.cypher", STORIES / stem):
        if (checkout / path).exists():
            session.refuse("cli-error-exists", path=checkout / path)
    written: list[Path] = []
    try:
        for path, text in texts.items():
            (checkout / path).parent.mkdir(parents=True, exist_ok=True)
            with (checkout / path).open("x", encoding="utf-8", newline="\n") as file:
                written.append(checkout / path)
                file.write(text)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def typology_files(stem: str) -> dict[Path, str]:
    """Return the text of every file of a new typology, by its path in the checkout."""
    root = files("graphmodel.cli") / "templates"
    texts = {
        MODULES / f"{stem}.py": _filled(root / "typology.py.txt", stem),
        RULES / f"{stem}.cypher": _filled(root / "rule.cypher.txt", stem),
    }
    for story in sorted(root.iterdir(), key=lambda entry: entry.name):
        if story.is_dir():
            for table in sorted(story.iterdir(), key=lambda entry: entry.name):
                texts[STORIES / stem / story.name / table.name] = _filled(table, stem)
    return texts


def _filled(template: Traversable, stem: str) -> str:
    title = stem.replace("_", " ").capitalize()
    text = template.read_text(encoding="utf-8")
    return text.replace("@STEM@", stem).replace("@TITLE@", title)
