"""Words in both languages, and the rows of evidence that a finding rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from graphmodel.texts import Language


class Words(NamedTuple):
    """One sentence in both languages; quotes inside it stay in the language of the source."""

    zh: str
    en: str

    def get(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en


class EvidenceRow(NamedTuple):
    """One fact with its citation. `source`, `locator`, `quote` are empty for a derived fact.

    `grounds` are the facts a derived one rests on; `warning` says what is wrong with the citation.
    """

    fact: str
    statement: Words
    source: str = ""
    locator: str = ""
    quote: str = ""
    certainty: str = "stated"
    grounds: tuple[str, ...] = ()
    warning: str = ""


class Objection(NamedTuple):
    """One thing that speaks against a finding, with the facts that say so."""

    statement: Words
    facts: tuple[str, ...] = ()
    name: str = ""
    weight: int = 0
