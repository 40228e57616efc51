"""Errors whose sentence stands in the catalogue, so that it can be told in both languages."""

from __future__ import annotations

from graphmodel.errors import InputError, LimitError, UsageError
from graphmodel.texts import Language, text


class Phrase:
    """A text of the catalogue inside a sentence, told in the language of the sentence."""

    def __init__(self, key: str, /, **values: object) -> None:
        """Keep the key and what fills it."""
        self.key = key
        self.values = values

    def get(self, language: Language) -> str:
        """Return the text in one language."""
        return text(self.key, language, **filled(self.values, language))


def filled(values: dict[str, object], language: Language) -> dict[str, str]:
    """Return values as they may be shown: phrases told, signs without shape replaced."""
    return {
        name: value.get(language) if isinstance(value, Phrase) else _printable(str(value))
        for name, value in values.items()
    }


def _printable(words: str) -> str:
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in words)


def told(code: str, language: Language, values: dict[str, object]) -> tuple[str, str]:
    """Return reason and hint of a refusal by its code, in one language."""
    shown = filled(values, language)
    reason, hint = f"refused-{code}", f"refused-hint-{code}"
    return text(reason, language, **shown), text(hint, language, **shown).strip()


class ToldUsageError(UsageError):
    """A wrong call, told in both languages: exit code 2."""

    def __init__(self, *, code: str, **values: object) -> None:
        """Keep the code and what fills its sentence."""
        self.code, self.values = code, values
        reason, hint = told(code, "en", values)
        super().__init__(reason, hint=hint)

    def words(self, language: Language) -> tuple[str, str]:
        """Return reason and hint in a language."""
        return told(self.code, language, self.values)


class ToldInputError(InputError):
    """A refused input, told in both languages: exit code 3."""

    def __init__(self, *, code: str, **values: object) -> None:
        """Keep the code and what fills its sentence."""
        self.code, self.values = code, values
        reason, hint = told(code, "en", values)
        super().__init__(reason, hint=hint)

    def words(self, language: Language) -> tuple[str, str]:
        """Return reason and hint in a language."""
        return told(self.code, language, self.values)


class ToldLimitError(LimitError):
    """A limit that stops the work, told in both languages: exit code 5."""

    def __init__(self, *, code: str, **values: object) -> None:
        """Keep the code and what fills its sentence."""
        self.code, self.values = code, values
        reason, hint = told(code, "en", values)
        super().__init__(reason, hint=hint)

    def words(self, language: Language) -> tuple[str, str]:
        """Return reason and hint in a language."""
        return told(self.code, language, self.values)
