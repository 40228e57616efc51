"""`case.toml`: title, time zone, language, currency, law and the names of columns."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from graphmodel.model.instants import parse_zone
from graphmodel.model.money import parse_currency
from graphmodel.model.refusal import RefusalError
from graphmodel.sources.base import UnusableError
from graphmodel.sources.spec_tables import TABLES
from graphmodel.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS = ("title", "timezone", "language", "currency", "law")
_LANGUAGE_OF = {str(language): language for language in LANGUAGES}


@dataclass(slots=True)
class CaseSettings:
    """Settings of a case; `unknown` lists keys of `case.toml` that mean nothing."""

    title: str | None = None
    timezone: str = "Asia/Shanghai"
    language: Language | None = None
    currency: str = "CNY"
    law: str = "cn-2017-10"
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def read_settings(data: bytes) -> CaseSettings:
    """Return the settings that `case.toml` gives; UnusableError where it cannot be used."""
    try:
        given = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnusableError(code="toml-encoding") from error
    except RecursionError as error:
        raise UnusableError(code="toml", detail="nested too deeply") from error
    except tomllib.TOMLDecodeError as error:
        # the library's message gives line and column
        raise UnusableError(code="toml", detail=error) from error
    settings = CaseSettings()
    for key, value in given.items():
        if key == "columns":
            _read_columns(settings, value)
        elif key not in _TEXTS:
            settings.unknown.append(key)
        elif isinstance(value, str):
            _set(settings, key, value.strip())
        else:
            raise UnusableError(code="toml-text", key=key)
    return settings


def _set(settings: CaseSettings, key: str, value: str) -> None:
    try:
        if key == "timezone":
            settings.timezone = parse_zone(value).key
        elif key == "currency":
            settings.currency = parse_currency(value)
        elif key == "language":
            settings.language = _LANGUAGE_OF[value]
        elif value:
            setattr(settings, key, value)
    except (RefusalError, KeyError) as refusal:
        raise UnusableError(code="toml-value", key=key, value=value[:40]) from refusal


def _read_columns(settings: CaseSettings, given: object) -> None:
    if not isinstance(given, dict):
        raise UnusableError(code="toml-columns", key="columns")
    for name, mapping in cast("Mapping[str, object]", given).items():
        spec = TABLES.get(name)
        if spec is None:
            settings.unknown.append(f"columns.{name}")
            continue
        if not isinstance(mapping, dict):
            raise UnusableError(code="toml-columns", key=f"columns.{name}")
        for column, title in mapping.items():
            if not spec.has(column):
                settings.unknown.append(f"columns.{name}.{column}")
            elif not isinstance(title, str) or not title.strip():
                raise UnusableError(code="toml-columns", key=f"columns.{name}.{column}")
            else:
                settings.columns.setdefault(name, {})[column] = title
