"""What the program takes from its surroundings: language, version, names in the environment."""

from __future__ import annotations

import locale
import os
from importlib import metadata
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LanguageCode: TypeAlias = Literal["zh", "en"]
LANGUAGE_CODES: tuple[LanguageCode, LanguageCode] = ("zh", "en")
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Names in the environment that say the user's language, the first that is set wins."""

ENCODING_VARIABLE = "PYTHONIOENCODING"
"""Where it is set, the user has chosen the encoding of the output."""

PROGRESS_AFTER_S = 1.0
"""A run shorter than this shows no progress."""

APPLICATION = "graphmodel"


def program_version() -> str:
    """Return the version of the installed package; a bare checkout has none and says so."""
    try:
        return metadata.version(APPLICATION)
    except metadata.PackageNotFoundError:
        return "unknown"


def language_code(name: str | None) -> LanguageCode | None:
    """Return the language that a name means, or None where it means neither.

    >>> language_code("zh_CN.UTF-8"), language_code("fr")
    ('zh', None)
    """
    start = (name or "").strip().lower().replace("-", "_").split("_")[0].split(".")[0]
    start = {"chinese (simplified)": "zh", "chinese": "zh", "english": "en"}.get(start, start)
    return start if start in LANGUAGE_CODES else None


def locale_language(environ: Mapping[str, str] | None = None) -> LanguageCode:
    """Return the language of the user's locale: Chinese where it says so, else English."""
    variables = os.environ if environ is None else environ
    for variable in LOCALE_VARIABLES:
        if variables.get(variable):
            return language_code(variables[variable]) or "en"
    if environ is not None:
        return "en"
    return language_code(locale.getlocale()[0]) or "en"


def choose_language(
    asked: LanguageCode | None,
    case: LanguageCode | None,
    environ: Mapping[str, str] | None = None,
) -> LanguageCode:
    """Return the language to speak: as asked, else as the case says, else as the locale says."""
    return asked or case or locale_language(environ)


def asked_language(arguments: Sequence[str]) -> LanguageCode | None:
    """Return the last `--lang` among the arguments of a command, needed before they are parsed."""
    asked: LanguageCode | None = None
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        name, equals, value = argument.partition("=")
        if name == "--lang":
            asked = language_code(value if equals else "".join(arguments[place + 1 : place + 2]))
    return asked
