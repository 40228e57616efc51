"""Feature files of the openCypher TCK: their scenarios, examples filled in.

A small reader of the Gherkin that the TCK uses: backgrounds, outlines with examples, doc strings
between lines of three quotes, tables, comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

QUOTES = '"""'
_STEP = re.compile(r"(?:Given|When|Then|And|But) (.*)")
_HEADING = re.compile(r"(Feature|Background|Scenario Outline|Scenario|Examples):(.*)")
_CELL = re.compile(r"(?<!\\)\|")
_ESCAPE = re.compile(r"\\([\\|n])")
Table = list[list[str]]


@dataclass(frozen=True)
class Step:
    """One step: its text, and the doc string or table under it."""

    text: str
    doc: str = ""
    table: Table = field(default_factory=list)

    def filled(self, example: Mapping[str, str]) -> Step:
        """Return the step with the values of an example in the place of `<name>`."""

        def fill(text: str) -> str:
            for name, value in example.items():
                text = text.replace(f"<{name}>", value)
            return text

        table = [[fill(cell) for cell in row] for row in self.table]
        return Step(fill(self.text), fill(self.doc), table)


@dataclass(frozen=True)
class Scenario:
    """One scenario, or one example of an outline."""

    feature: str
    name: str
    steps: list[Step]


@dataclass
class _Outline:
    """A scenario while it is read, with the examples that follow it."""

    name: str
    steps: list[Step]
    examples: list[dict[str, str]] = field(default_factory=list)


class _Lines:
    """Lines of a feature file, read one after the other, blank lines and comments left out."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._at = 0

    def __iter__(self) -> Iterator[str]:
        while self._at < len(self._lines):
            line = self._lines[self._at].strip()
            self._at += 1
            if line and not line.startswith("#"):
                yield line

    def _next(self) -> str:
        """Return the next line that says something, without taking it; "" at the end."""
        while self._at < len(self._lines):
            line = self._lines[self._at].strip()
            if line and not line.startswith("#"):
                return line
            self._at += 1
        return ""

    def doc(self) -> str:
        """Return the doc string that stands here, its indentation taken off, or ""."""
        if self._next() != QUOTES:
            return ""
        first = self._lines[self._at]
        indent = len(first) - len(first.lstrip())
        body = list(takewhile(lambda line: line.strip() != QUOTES, self._lines[self._at + 1 :]))
        self._at += len(body) + 2
        return "\n".join(line[indent:] if not line[:indent].strip() else line for line in body)

    def table(self) -> Table:
        """Return the table that stands here, or nothing."""
        rows = []
        while self._next().startswith("|"):
            cells = _CELL.split(self._next())[1:-1]
            rows.append([_ESCAPE.sub(_unescaped, cell.strip()) for cell in cells])
            self._at += 1
        return rows


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] == "n" else found[1]


def read_feature(name: str, text: str) -> Iterator[Scenario]:
    """Yield the scenarios of a feature file, one for each example of an outline."""
    background: list[Step] = []
    outlines: list[_Outline] = []
    lines = _Lines(text)
    for line in lines:
        heading, step = _HEADING.match(line), _STEP.match(line)
        if heading and heading[1].startswith("Scenario"):
            outlines.append(_Outline(heading[2].strip(), [*background]))
        elif heading and heading[1] == "Examples":
            names, *rows = lines.table()
            outlines[-1].examples += [dict(zip(names, row, strict=True)) for row in rows]
        elif step:
            steps = outlines[-1].steps if outlines else background
            steps.append(Step(step[1].strip(), lines.doc(), lines.table()))
    for outline in outlines:
        for example in outline.examples or [{}]:
            steps = [step.filled(example) for step in outline.steps]
            yield Scenario(name, outline.name, steps)
