"""Writes the tables of `cypher/README.md` from the declared graph and the rule files.

Run `python -m tests.house.reference` after a change of the schema or of a rule; a test compares.
"""

from __future__ import annotations

import json
import re

from graphmodel.model.schema import SCHEMA
from graphmodel.query.questions import questions
from graphmodel.query.rules import rule, rule_names
from tests.house import subset
from tests.needs import ROOT

PAGE = ROOT / "cypher" / "README.md"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"


def _purpose(text: str) -> str:
    """Return the sentences of a rule's header that are no `key: value` lines."""
    lines = [line[2:].strip() for line in text.splitlines() if line.startswith("//")]
    words = [
        line
        for line in lines
        if not re.match(r"(typology|derive|report|explore|version|params|returns):", line)
    ]
    return " ".join(words)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _questions() -> list[str]:
    """Return the questions of `explore/`, in both languages, with their parameters."""
    lines = [
        "",
        "## Questions of `explore/`",
        "",
        "| question | asks | parameters (default) | returns |",
        "|---|---|---|---|",
    ]
    for asked in questions().values():
        params = "; ".join(
            f"`{p.name}` {p.meaning.en} (`{json.dumps(p.default)}`)" for p in asked.parameters
        )
        comments = [line[2:].strip() for line in asked.text.splitlines() if line[:2] == "//"]
        said = " ".join(line for line in comments if not re.match(r"\w+: |:param ", line))
        told = f"{asked.question.zh}<br>{asked.question.en}<br>{said}"
        returns = ", ".join(f"`{name}`" for name in asked.returns)
        lines.append(f"| `{asked.name}` | {_cell(told)} | {_cell(params) or '–'} | {returns} |")
    return lines


def render() -> str:
    """Return the generated part of the page."""
    lines = [subset.render(), "", "## Labels", "", "| label | what | properties |", "|---|---|---|"]
    for node in SCHEMA.nodes.values():
        names = ", ".join(f"`{p.name}`" for p in node.properties)
        lines.append(f"| `{node.label}` | {_cell(node.description)} | {names} |")
    lines += [
        "",
        "## Relationship types",
        "",
        "| type | what | from → to | properties |",
        "|---|---|---|---|",
    ]
    for relationship in SCHEMA.relationships.values():
        ends: dict[str, list[str]] = {}
        for start, end in relationship.ends:
            ends.setdefault(end, []).append(start)
        told = "; ".join(f"{', '.join(starts)} → {end}" for end, starts in ends.items())
        names = ", ".join(f"`{p.name}`" for p in relationship.properties)
        mark = "derived: " if relationship.derived else ""
        lines.append(
            f"| `{relationship.type}` | {mark}{_cell(relationship.description)} | {told} "
            f"| {names} |"
        )
    for kind in ("derive", "typologies"):
        lines += [
            "",
            f"## Rules of `{kind}/`",
            "",
            "| rule | parameters | returns | what |",
            "|---|---|---|---|",
        ]
        for stem in rule_names(kind):
            found = rule(f"{kind}/{stem}")
            params = ", ".join(f"`{name}`" for name in found.params) or "–"
            returns = ", ".join(f"`{name}`" for name in found.returns)
            lines.append(f"| `{stem}` | {params} | {returns} | {_cell(_purpose(found.text))} |")
    lines += _questions()
    return "\n".join(lines)


def page() -> str:
    """Return the page as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n\n{render()}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
