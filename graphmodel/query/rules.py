"""The one reader of the folder `cypher/`: rule texts with what their headers say.

In a checkout the folder lies beside the package, in a wheel inside it (`graphmodel/_cypher`). The
checkout is preferred: an editable install leaves a copy behind that grows old.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graphmodel.errors import InternalError

_HEADER = re.compile(r"//\s*(\w+):\s*(.*?)\s*$")
_KINDS = ("typology", "derive", "report", "explore")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule text: `name` is folder and stem, `kind` what its header says it is for.

    `kind` is, for example, `typology: relay` or `derive: PARTY`; `params` and `returns` are names.
    What else the header of a question says is read by `graphmodel.query.questions`.
    """

    name: str
    text: str
    kind: str
    version: int
    params: tuple[str, ...]
    returns: tuple[str, ...]

    @property
    def subject(self) -> str:
        """Return what the kind names: the typology or the relationship type."""
        return self.kind.partition(": ")[2]


@cache
def folder() -> Path:
    """Return the folder of rule texts."""
    package = Path(__file__).resolve().parent.parent
    beside = package.parent / "cypher"
    if beside.is_dir() and (package.parent / "pyproject.toml").is_file():
        return beside
    return package / "_cypher"


def rule_names(kind: str) -> list[str]:
    """Return the stems of the rules in one folder (`derive`, `typologies`, …), sorted."""
    return sorted(path.stem for path in (folder() / kind).glob("*.cypher"))


@cache
def rule(name: str) -> Rule:
    """Return one rule by folder and stem, such as `derive/party`."""
    path = folder() / f"{name}.cypher"
    if not path.is_file():
        reason = f"The rule {name} is not there."
        raise InternalError(reason)
    text = path.read_text(encoding="utf-8")
    header = header_of(text)
    kind = next((f"{key}: {header[key]}" for key in _KINDS if key in header), "")
    version = header.get("version", "")
    if not kind or not version.isdigit():
        reason = f"The header of rule {name} lacks its kind or version."
        raise InternalError(reason)
    return Rule(name, text, kind, int(version), _names(header, "params"), _names(header, "returns"))


def header_of(text: str) -> dict[str, str]:
    """Return the `// key: value` lines before the first line that is no comment."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("//"):
            break
        match = _HEADER.match(line)
        if match:
            found.setdefault(match[1], match[2])
    return found


def _names(header: dict[str, str], key: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in header.get(key, "").split(",") if part.strip())
