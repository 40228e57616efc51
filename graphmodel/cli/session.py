"""What one run of the program knows of its caller, and the ways it speaks to them."""

from __future__ import annotations

import difflib
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

from graphmodel.cli.progress import Meter
from graphmodel.errors import UsageError
from graphmodel.settings import LanguageCode, choose_language
from graphmodel.texts import text
from graphmodel.views.terminal_lines import Line, line, make_console, plain, print_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from graphmodel.case import Case
    from graphmodel.findings.configuration import Configuration


class LanguageName(StrEnum):
    """Languages of `--lang`."""

    ZH = "zh"
    EN = "en"


class ReportFormat(StrEnum):
    """Forms of a report."""

    TEXT = "text"
    JSON = "json"


class LevelName(StrEnum):
    """Levels of a finding, from the least."""

    LEAD = "lead"
    SUPPORTED = "supported"
    STRONG = "strong"


LEVELS = "|".join(LevelName)


@dataclass(slots=True)
class Session:
    """The language asked for and the one spoken; `result` is the exit code once it is decided.

    `meter` shows progress; whatever is printed ends it first.
    """

    asked: LanguageCode | None
    language: LanguageCode
    result: int = 0
    meter: Meter = field(default_factory=Meter)

    @classmethod
    def begin(cls, asked: LanguageCode | None) -> Session:
        """Return a session that speaks as asked, else as the locale says, until a case is open."""
        return cls(asked, choose_language(asked, None))

    def words(self, key: str, /, **values: object) -> str:
        """Return a text of the catalogue in the language spoken."""
        return text(key, self.language, **values)

    def refuse(self, key: str, /, **values: object) -> NoReturn:
        """End the run with 2 and a text of the catalogue."""
        shown = {name: plain(value) for name, value in values.items()}
        raise UsageError(self.words(key, **shown))

    def speak(self, lang: LanguageName | None) -> None:
        """Take over the language that a command was asked for."""
        if lang is not None:
            self.asked = self.language = lang.value

    def show(self, lines: Iterable[Line]) -> None:
        """Print lines on standard output."""
        self.meter.close()
        print_lines(make_console(sys.stdout), lines)

    def write(self, words: str) -> None:
        """Write text for programs on standard output, as it is."""
        self.meter.close()
        sys.stdout.write(words)

    def say(self, words: str, *, style: str = "") -> None:
        """Print one line on standard output."""
        self.show([line(words, style=style)])

    def report(self, lines: Iterable[Line]) -> None:
        """Print lines on standard error."""
        self.meter.close()
        print_lines(make_console(sys.stderr), lines)

    def tell(self, words: str, *, style: str = "") -> None:
        """Print one line on standard error."""
        self.report([line(words, style=style)])

    def check_case(self, path: Path) -> None:
        """Refuse a case that does not exist."""
        if not os.path.lexists(path):
            self.refuse("cli-error-no-case", path=path)

    @contextmanager
    def open_case(
        self, path: Path, *, config: Configuration | None = None, untouched: bool = False
    ) -> Iterator[Case]:
        """Open a case for the time of a block, show progress, and take over its language.

        `config` and `untouched` are those of `Case.open`.
        """
        self.check_case(path)
        from graphmodel.case import Case

        with (
            self.meter,
            Case.open(
                path,
                language=self.asked,
                progress=self.meter,
                config=config,
                untouched=untouched,
            ) as case,
        ):
            self.adopt(case.language)
            yield case

    def adopt(self, language: LanguageCode | None) -> None:
        """Speak the language of the case, unless another was asked for."""
        self.language = choose_language(self.asked, language)


def nearest_words(session: Session, wrong: str, known: Sequence[str]) -> str:
    """Return the sentence that names what was probably meant, else all that is known."""
    near = difflib.get_close_matches(wrong, known, n=1)
    if near:
        return session.words("cli-error-nearest", name=near[0])
    return session.words("cli-error-known-names", names=", ".join(known))
