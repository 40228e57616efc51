"""A configuration of the search: what `rules.toml` may say, checked before anything is searched.

    [derive]                    # parameters of the derive stage
    payment_max_len = 10

    [relay]                     # a typology by its name
    enabled = true
    window_days = 62            # a parameter of its card
    [relay.weights]             # signals and counter-facts by their names
    close_in_time = 0           # 0: it is told and counts nothing

What is not said keeps its default. A weight is what a signal adds to the total, or what a
counter-fact takes off it, in the whole numbers of the cards; a cap of a counter-fact stays.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graphmodel.derive.runner import DeriveParams
from graphmodel.detect.discovery import typologies
from graphmodel.model.money import CURRENCIES
from graphmodel.model.told_error import Phrase, ToldUsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from graphmodel.model.typology import Params, Typology

DERIVE, ENABLED, WEIGHTS = "derive", "enabled", "weights"
SET = "--set"
"""Stands for the file in what is said of a value given on the command line."""

LARGEST = 1_000_000_000
HEAVIEST = 100
MAX_BYTES = 1 << 20


class TypologyChoice(BaseModel):
    """What a configuration says of one typology: whether it runs, parameters, weights by name.

    Only what differs from the card need be named.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    params: dict[str, Any] = Field(default_factory=dict)
    weights: dict[str, int] = Field(default_factory=dict)


class Configuration(BaseModel):
    """A checked configuration; the empty one is that of the cards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    derive: DeriveParams = Field(default_factory=DeriveParams)
    typologies: dict[str, TypologyChoice] = Field(default_factory=dict)

    def is_enabled(self, name: str) -> bool:
        """Tell whether a typology runs."""
        return name not in self.typologies or self.typologies[name].enabled

    def params(self, card: Typology[Any, Any]) -> Params:
        """Return the parameters of a typology."""
        chosen = self.typologies.get(card.name, TypologyChoice())
        return card.params.model_validate(chosen.params)

    def weighted(self, card: Typology[Any, Any]) -> Typology[Any, Any]:
        """Return a typology with the weights chosen for it."""
        chosen = self.typologies.get(card.name, TypologyChoice()).weights
        if not chosen:
            return card
        signals = (replace(s, weight=chosen.get(s.name, s.weight)) for s in card.signals)
        counters = (replace(c, weight=chosen.get(c.name, c.weight)) for c in card.counters)
        return replace(card, signals=tuple(signals), counters=tuple(counters))

    def values(self) -> dict[str, object]:
        """Return every value in force, as it is kept in the case file."""
        cards = {name: self.weighted(card) for name, card in typologies().items()}
        return {
            DERIVE: self.derive.model_dump(),
            "typologies": {
                name: {
                    ENABLED: self.is_enabled(name),
                    "params": self.params(card).model_dump(),
                    WEIGHTS: weights_of(card),
                }
                for name, card in cards.items()
            },
        }


def weights_of(card: Typology[Any, Any]) -> dict[str, int]:
    """Return the weights of a card by the names of its signals and counter-facts."""
    signals = {signal.name: signal.weight for signal in card.signals}
    return signals | {counter.name: counter.weight for counter in card.counters}


def read_configuration(path: Path, settings: Iterable[str] = ()) -> Configuration:
    """Read a `rules.toml`; `settings` (`relay.window_days=62`) come after it and win.

    UsageError with file, key and the nearest name where anything in it is not known.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ToldUsageError(code="rules-large", file=name)
        told = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise ToldUsageError(code="rules-unreadable", file=path) from error
    except UnicodeDecodeError as error:
        raise ToldUsageError(code="rules-encoding", file=name) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ToldUsageError(code="rules-toml", file=name, reason=str(error)) from error
    return changed(check_configuration(told, name), settings)


def changed(base: Configuration, settings: Iterable[str]) -> Configuration:
    """Return a configuration with values such as `relay.window_days=62` put over it."""
    for setting in settings:
        key, equals, value = setting.partition("=")
        parts = [part.strip() for part in key.split(".")]
        if not equals or len(parts) < 2 or not all(parts):  # noqa: PLR2004 # table and name
            raise ToldUsageError(code="rules-setting", setting=setting)
        nested: dict[str, Any] = {parts[-1]: _value(value.strip())}
        for part in reversed(parts[:-1]):
            nested = {part: nested}
        base = _over(base, check_configuration(nested, SET))
    return base


def _value(words: str) -> object:
    """Return what a value on the command line says: a value of TOML, else a word."""
    try:
        return tomllib.loads(f"value = {words}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return words


def _over(base: Configuration, above: Configuration) -> Configuration:
    """Return what both say; `above` wins where it says something."""
    derive = {**base.derive.model_dump(), **above.derive.model_dump(exclude_unset=True)}
    chosen = dict(base.typologies)
    for name, one in above.typologies.items():
        under = chosen.get(name, TypologyChoice())
        chosen[name] = TypologyChoice(
            enabled=one.enabled if ENABLED in one.model_fields_set else under.enabled,
            params={**under.params, **one.params},
            weights={**under.weights, **one.weights},
        )
    return Configuration(derive=DeriveParams(**derive), typologies=chosen)


def check_configuration(told: Mapping[str, Any], file: str) -> Configuration:
    """Return what the tables of a file say, every name and value checked."""
    cards = typologies()
    found: dict[str, TypologyChoice] = {}
    derive = DeriveParams()
    for name, table in told.items():
        if name != DERIVE and name not in cards:
            near = _nearest(name, [DERIVE, *cards])
            raise ToldUsageError(code="rules-table", file=file, key=name, near=near)
        if not isinstance(table, dict):
            raise _wrong((file, name), table, "config-wanted-table")
        if name == DERIVE:
            derive = DeriveParams(**_params(table, DeriveParams, (file, name)))
        else:
            found[name] = _choice(table, cards[name], file)
    return Configuration(derive=derive, typologies=found)


def _choice(table: dict[str, Any], card: Typology[Any, Any], file: str) -> TypologyChoice:
    """Return what a table says of its typology."""
    said: dict[str, Any] = {}
    rest = dict(table)
    if ENABLED in rest:
        said[ENABLED] = rest.pop(ENABLED)
        if not isinstance(said[ENABLED], bool):
            place = file, f"{card.name}.{ENABLED}"
            raise _wrong(place, said[ENABLED], "config-wanted-bool")
    if WEIGHTS in rest:
        said[WEIGHTS] = _weights(rest.pop(WEIGHTS), card, file)
    known = (ENABLED, WEIGHTS)
    return TypologyChoice(**said, params=_params(rest, card.params, (file, card.name), known))


def _weights(table: object, card: Typology[Any, Any], file: str) -> dict[str, int]:
    place, known = f"{card.name}.{WEIGHTS}", weights_of(card)
    if not isinstance(table, dict):
        raise _wrong((file, place), table, "config-wanted-table")
    for name, weight in table.items():
        key = f"{place}.{name}"
        if name not in known:
            near = _nearest(name, list(known))
            values = {"file": file, "key": key, "typology": card.name, "near": near}
            raise ToldUsageError(code="rules-weight", **values)
        if type(weight) is not int or not 0 <= weight <= HEAVIEST:
            raise _wrong((file, key), weight, "config-wanted-count", least=0, most=HEAVIEST)
    return table


def _params(
    table: dict[str, Any],
    model: type[BaseModel],
    place: tuple[str, str],
    also: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return parameters as their model takes them; `also` are other names known there."""
    file, owner = place
    known = model.model_fields
    for name, value in table.items():
        key = f"{owner}.{name}"
        if name not in known:
            near = _nearest(name, [*also, *known])
            if owner != DERIVE and name in DeriveParams.model_fields:
                near = Phrase("config-derived", name=f"{DERIVE}.{name}")
            raise ToldUsageError(code="rules-param", file=file, key=key, owner=owner, near=near)
        _check_value((file, key), value, known[name])
    try:
        return model.model_validate(table, strict=True).model_dump(exclude_unset=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        values = {"file": file, "key": f"{owner}.{name}", "value": _short(table[name])}
        raise ToldUsageError(code="rules-model", **values, reason=first["msg"]) from error


def _check_value(place: tuple[str, str], value: object, field: FieldInfo) -> None:
    """Refuse a value of another kind than the default has, or out of any useful range."""
    default = field.get_default(call_default_factory=True)
    wanted = ""
    if isinstance(default, bool):
        wanted = "" if isinstance(value, bool) else "config-wanted-bool"
    elif isinstance(default, int):
        _check_count(place, value, field)
    elif isinstance(default, float):
        is_positive = any(hasattr(bound, "gt") for bound in field.metadata)
        wanted = "config-wanted-positive" if is_positive else "config-wanted-number"
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and math.isfinite(number := float(str(value))) and 0 <= number <= LARGEST:
            wanted = wanted if is_positive and not number else ""
    elif isinstance(default, str):
        is_currency = place[1].endswith("currency")
        wanted = "config-wanted-currency" if is_currency else "config-wanted-text"
        if isinstance(value, str) and (value in CURRENCIES or not is_currency):
            wanted = ""
    if wanted:
        raise _wrong(place, value, wanted)


def _check_count(place: tuple[str, str], value: object, field: FieldInfo) -> None:
    """Refuse what is no whole number within the bounds of its field."""
    least = max((bound.ge for bound in field.metadata if hasattr(bound, "ge")), default=0)
    most = min((bound.le for bound in field.metadata if hasattr(bound, "le")), default=LARGEST)
    if type(value) is not int or not least <= value <= most:
        raise _wrong(place, value, "config-wanted-count", least=least, most=f"{most:,}")


def _wrong(place: tuple[str, str], value: object, wanted: str, **values: object) -> ToldUsageError:
    """Return the refusal of a value at a place (file and key)."""
    (file, key), told = place, Phrase(wanted, **values)
    return ToldUsageError(code="rules-value", file=file, key=key, value=_short(value), wanted=told)


def _short(value: object) -> str:
    words = str(value).lower() if isinstance(value, bool) else str(value)
    return words if len(words) <= 40 else f"{words[:39]}…"  # noqa: PLR2004 # of a sentence


def _nearest(name: str, known: list[str]) -> Phrase:
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return Phrase("config-near", name=near[0])
    return Phrase("config-known", names=", ".join(known))
