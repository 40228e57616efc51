"""What a refusal says: a key of the catalogue and its values, told in the reader's language.

To refuse: `raise session.error(Said("refusal-union-columns"), at)`. The hint is the text
`refusal-hint-union-columns`, where there is one, filled with the same values. Both texts stand in
`graphmodel/texts/refusals.toml`. The signals of `operators` take a `Said` as well.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING
from unicodedata import normalize

from graphmodel.errors import CypherError
from graphmodel.query.types import Kind, Type
from graphmodel.texts import catalogue, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.texts import Language

_PREFIX = "refusal-"
_LONGEST, _MANY = 60, 12
_CUTOFF = 0.65
_FOREIGN = "АВЕЅІЈКМНОРСТУХаеорсухіѕјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_LATIN = "ABESIJKMHOPCTYXaeopcyxisjABEZHIKMNOPTYXo"
_LOOKS = str.maketrans(_FOREIGN, _LATIN)
"""Cyrillic and Greek letters that no reader can tell from Latin ones."""


class Said:
    """A text of the catalogue with what fills it: types, names, numbers or further texts."""

    __slots__ = ("key", "values")

    def __init__(self, key: str, /, **values: object) -> None:
        """Keep the key and the values; nothing is looked up before somebody reads it."""
        self.key = key
        self.values = values

    def told(self, language: Language) -> str:
        """Return the text in a language."""
        return text(self.key, language, **{k: _told(v, language) for k, v in self.values.items()})

    def __str__(self) -> str:
        """Return the English text."""
        return self.told("en")


def takes(function: str, wanted: str, type_: Type) -> Said:
    """Return the reason that a function takes something else than a value of this type."""
    what = Said(f"refusal-wanted-{wanted}")
    return Said("refusal-takes", function=function, wanted=what, type=type_)


def meaningless(operator: str, left: Type, right: Type) -> Said:
    """Return the reason that an operator has no meaning between two types."""
    return Said("refusal-operator", operator=operator, left=left, right=right)


def whole(name: str, type_: Type) -> tuple[Said, Said]:
    """Return reason and hint where a node, relationship or path is to be a column."""
    parts = {Kind.PATH: "refusal-hint-whole-path", Kind.LIST: "refusal-hint-whole-list"}
    hint = parts.get(type_.kind, "refusal-hint-whole-entity")
    return Said("refusal-whole-entity", name=name, type=type_), Said(hint, name=name)


class Wording:
    """Reason and hint of one error, in either language; plain strings stay as they are."""

    __slots__ = ("hint", "reason")

    def __init__(self, reason: Said | str, hint: Said | str = "") -> None:
        """Add the hint of the reason's key where no other is given."""
        self.reason = reason
        self.hint = hint or (hint_of(reason) if isinstance(reason, Said) else "")

    def __call__(self, language: Language) -> tuple[str, str]:
        """Return reason and hint in a language."""
        reason, hint = self.reason, self.hint
        return (
            reason if isinstance(reason, str) else reason.told(language),
            hint if isinstance(hint, str) else hint.told(language),
        )


def hint_of(reason: Said) -> Said | str:
    """Return the hint that belongs to a reason, or nothing."""
    key = f"refusal-hint-{reason.key.removeprefix(_PREFIX)}"
    return Said(key, **reason.values) if key in catalogue() else ""


def refusal(
    reason: Said | str, hint: Said | str = "", *, line: int = 1, column: int = 1
) -> CypherError:
    """Return the error for a reason at a place; without a hint it takes that of the reason's key.

    >>> print(refusal(Said("refusal-union-mixed"), line=2, column=5))
    line 2, column 5: UNION and UNION ALL are mixed. Use one of them in the whole query.
    """
    wording = Wording(reason, hint)
    told, help_ = wording("en")
    return CypherError(told, line=line, column=column, hint=help_, wording=wording)


def nearest(name: str, known: Iterable[str]) -> Said | str:
    """Return the hint that names the known name most like this one, or nothing."""
    by_lower = {other.lower(): other for other in sorted(known, reverse=True)}
    seen = latin(name)
    if seen != name and seen.lower() in by_lower:
        return lookalike(name, by_lower[seen.lower()])
    lower = name.lower()[:_LONGEST]
    found = [lower] if lower in by_lower else []
    found = found or get_close_matches(lower, list(by_lower), n=1, cutoff=_CUTOFF)
    return Said("refusal-hint-nearest", name=by_lower[found[0]]) if found else ""


def latin(words: str) -> str:
    """Return a text as it looks: letters of other scripts and full-width signs made plain.

    >>> latin("ＭАTCH")
    'MATCH'
    """
    return normalize("NFKC", words.translate(_LOOKS))


def lookalike(words: str, name: str = "") -> Said | str:
    """Return the hint about a sign that only looks like another; nothing where there is none."""
    for sign in words:
        plain = latin(sign)
        if plain != sign and plain.isascii() and plain.strip():
            code, name = f"U+{ord(sign):04X}", name or latin(words)
            return Said("refusal-hint-lookalike", sign=sign, code=code, plain=plain, name=name)
    return ""


def listed(known: Iterable[str]) -> Said | str:
    """Return the hint that names what is known; nothing where nothing is, or too much."""
    names = sorted(known)
    if not 0 < len(names) <= _MANY:
        return ""
    return Said("refusal-hint-known", names=tuple(names))


def shortened(words: str) -> str:
    """Return a name as a sentence holds it: cut, and signs without a shape written as U+XXXX.

    >>> shortened("a" * 90) == "a" * 60 + "…", shortened("a\u202eb")
    (True, 'aU+202Eb')
    """
    kept = words if len(words) <= _LONGEST else words[:_LONGEST] + "…"
    if kept.isprintable():
        return kept
    return "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in kept)


def _told(value: object, language: Language) -> str:
    if isinstance(value, Said):
        return value.told(language)
    if isinstance(value, Type):
        return _type_words(value, language)
    if isinstance(value, tuple):
        return ", ".join(_told(item, language) for item in value)
    return shortened(str(value))


def _type_words(type_: Type, language: Language) -> str:
    words = [
        text(f"refusal-kind-{member.kind.value}", language) for member in type_.members or (type_,)
    ]
    return text("refusal-or", language).join(words)
