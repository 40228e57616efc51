"""Citations checked against the files of their sources: digests, and quotes at their places.

A quote is compared without blanks, since a line may break anywhere in it; `……` in a quote stands
for words left out. A line is taken from a locator such as `line 23`, `lines 3-5` or `第21-23行`
unless the locator speaks of a page. What is wrong becomes the `warning` of the fact.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmodel.sources.base import UnusableError
from graphmodel.sources.discovery import read_bytes
from graphmodel.sources.sniff import read_text
from graphmodel.texts import Language, text

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.facts import Value
    from graphmodel.sources.checked import CheckedTable

_BLANK = re.compile(r"[\s\u200b\u2060\ufeff]+")
_OMISSION = re.compile("…{2,}")
_LINES = (
    re.compile(r"\blines?\s*([0-9]+)(?:\s*[-–—~]\s*([0-9]+))?", re.IGNORECASE),
    re.compile(r"第\s*([0-9]+)\s*行?(?:\s*[-–—~～至到]\s*第?\s*([0-9]+))?\s*行"),
)
_PAGE = re.compile(r"\bpages?\b|\bp\.|页", re.IGNORECASE)
_LARGEST_BYTES = 64 * 2**20
_BINARY_SIGNS = "\x00"


@dataclass(slots=True)
class SourceFile:
    """One source: what is wrong with its file (for itself, for its facts), its lines squeezed."""

    about_file: str | None = None
    about_facts: str | None = None
    lines: list[str] | None = None
    whole: str = ""
    starts: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Citations:
    """All sources of a case by id, and the warnings that were given."""

    language: Language
    folder: Path
    sources: dict[str, SourceFile] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def add_sources(self, table: CheckedTable) -> None:
        """Read the files of the kept sources and compare their digests."""
        paths, digests = table.column("path"), table.column("sha256")
        for row in table.kept():
            path, digest, name = str(paths[row] or "").strip(), digests[row], table.ids[row]
            source = self._read(path, None if digest is None else str(digest))
            self.sources[name] = source
            for warning in dict.fromkeys((source.about_file, source.about_facts)):
                if warning is not None:
                    self.warnings.append(f"{name}: {warning}")

    def source_warning(self, name: str) -> str | None:
        """Return what is wrong with the file of a source."""
        source = self.sources.get(name)
        return None if source is None else source.about_facts or source.about_file

    def warnings_of(self, table: CheckedTable, rows: list[int]) -> list[Value]:
        """Return what is wrong with the citation of each row, and note it."""
        sources = table.keys("source")
        locators, quotes = table.column("locator"), table.column("quote")
        found: list[Value] = []
        for row in rows:
            key = sources[row]
            source = self.sources.get(key[1]) if key is not None else None
            if source is None:
                found.append(None)
                continue
            wrong = None
            if quotes[row] is not None and source.lines is not None:
                wrong = self._check(source, str(quotes[row]), str(locators[row] or ""))
            if wrong is not None:
                place = f"{table.raw.path}:{table.raw.lines[row]}"
                self.warnings.append(f"{place}: {table.ids[row]}: {wrong}")
            parts = [part for part in (source.about_facts, wrong) if part is not None]
            found.append("; ".join(parts) or None)
        return found

    def _text(self, code: str, **values: object) -> str:
        return text(f"sources-warning-{code}", self.language, **values)

    def _read(self, path: str, digest: str | None) -> SourceFile:
        if not path:
            return SourceFile()
        try:
            file = (self.folder / path.replace("\\", "/")).resolve()
            inside = file.is_relative_to(self.folder.resolve())
            there = inside and file.is_file()
        except (OSError, RuntimeError, ValueError):
            inside, there = True, False
        if not there:
            return SourceFile(self._text("source-missing" if inside else "source-outside"))
        self.used.add(file.relative_to(self.folder.resolve()).as_posix())
        try:
            data = read_bytes(file, path)
        except UnusableError as error:
            return SourceFile(error.told(self.language).reason)
        source = _read_lines(data)
        if digest is not None and hashlib.sha256(data).hexdigest() != digest:
            source.about_facts = self._text("source-digest")
        if source.lines is None:
            large = len(data) > _LARGEST_BYTES
            source.about_file = self._text("source-large" if large else "source-no-text")
        return source

    def _check(self, source: SourceFile, quote: str, locator: str) -> str | None:
        lines = source.lines or []
        span = None if _PAGE.search(locator) else _span(locator)
        parts = _parts(quote)
        if span is None:
            return None if _holds(source.whole, parts) else self._text("quote-missing")
        first, last = span
        if 0 < first <= last <= len(lines) and _holds("".join(lines[first - 1 : last]), parts):
            return None
        elsewhere = _find_line(lines, source.whole, parts)
        if elsewhere is None:
            return self._text("quote-missing")
        return self._text("quote-elsewhere", stated=first, found=elsewhere)


def _read_lines(data: bytes) -> SourceFile:
    if len(data) > _LARGEST_BYTES:
        return SourceFile()
    decoded = read_text(data)
    if decoded.damaged or _BINARY_SIGNS in decoded.text:
        return SourceFile()
    lines = [_BLANK.sub("", line) for line in io.StringIO(decoded.text, newline=None)]
    return SourceFile(lines=lines, whole="".join(lines))


def _parts(quote: str) -> tuple[list[str], list[str]]:
    """Return a quote as it stands and cut at its omissions, without blanks."""
    bare = _BLANK.sub("", quote)
    return [bare], [part for part in _OMISSION.split(bare) if part]


def _holds(words: str, parts: tuple[list[str], list[str]]) -> bool:
    return any(_follow(words, wanted) is not None for wanted in parts)


def _follow(words: str, wanted: list[str]) -> int | None:
    """Return where the first of several passages begins that follow one another, if they do."""
    first, at = None, 0
    for part in wanted:
        found = words.find(part, at)
        if found < 0:
            return None
        first = found if first is None else first
        at = found + len(part)
    return first or 0


def _span(locator: str) -> tuple[int, int] | None:
    plain = unicodedata.normalize("NFKC", locator)
    for pattern in _LINES:
        match = pattern.search(plain)
        if match is not None:
            first = int(match[1][:9])
            return first, int(match[2][:9]) if match[2] else first
    return None


def _find_line(lines: list[str], whole: str, parts: tuple[list[str], list[str]]) -> int | None:
    """Return the line from 1 on which a quote begins, wherever it stands."""
    begins = [at for at in (_follow(whole, wanted) for wanted in parts) if at is not None]
    if not begins:
        return None
    left = begins[0]
    for number, line in enumerate(lines, 1):
        if left < len(line):
            return number
        left -= len(line)
    return None
