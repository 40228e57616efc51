"""All words shown to people, in zh-CN and English, from one catalogue (`*.toml` beside this file).

Each sheet holds tables `[key]` with `zh` and `en`; a text may have `{placeholders}`. A key exists
once over all sheets. A typology's texts live in its card instead: adding one edits no sheet.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return all texts by key and language; a key on two sheets is a ValueError."""
    texts: dict[str, dict[str, str]] = {}
    for sheet in sorted(files(__name__).iterdir(), key=lambda entry: entry.name):
        if not sheet.name.endswith(".toml"):
            continue
        for key, entry in tomllib.loads(sheet.read_text(encoding="utf-8")).items():
            if key in texts:
                msg = f"text {key} stands on two sheets"
                raise ValueError(msg)
            texts[key] = entry
    return texts


def text(key: str, language: Language, /, **values: object) -> str:
    """Return the text of `key` with its placeholders filled; an unknown key is a KeyError."""
    return catalogue()[key][language].format(**values)
