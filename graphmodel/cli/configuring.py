"""The configuration of a command (`--config`, `--set`), and the defaults as a file to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.views.terminal_lines import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from graphmodel.cli.session import Session
    from graphmodel.findings.configuration import Configuration
    from graphmodel.model.evidence import Words


def read_config(path: Path | None, settings: Sequence[str] = ()) -> Configuration | None:
    """Return the configuration of a file with settings over it, or None where neither is given."""
    if path is None and not settings:
        return None
    from graphmodel.findings import configuration

    if path is None:
        return configuration.changed(configuration.Configuration(), settings)
    return configuration.read_configuration(path, settings)


def config_text(session: Session) -> str:
    """Return the defaults as TOML with remarks; read back they are the defaults again."""
    return "\n".join(_config_lines(session)) + "\n"


def _config_lines(session: Session) -> Iterator[str]:
    from graphmodel.derive.runner import DeriveParams
    from graphmodel.detect.discovery import typologies
    from graphmodel.findings.configuration import weights_of

    yield f"# {session.words('config-head')}"
    yield ""
    yield f"[derive]  # {session.words('config-head-derive')}"
    yield from _values(DeriveParams().model_dump())
    for name, card in typologies().items():
        yield ""
        yield f"[{name}]  # {_remark(session, card.title)}"
        yield "enabled = true"
        yield from _values(card.params().model_dump())
        yield ""
        yield f"[{name}.weights]  # {session.words('config-head-weights')}"
        words = {spec.name: spec.words for spec in card.signals}
        words |= {spec.name: spec.words for spec in card.counters}
        for spec, weight in weights_of(card).items():
            yield f"{spec} = {weight}  # {_remark(session, words[spec])}"


def _values(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        yield f"{name} = {_toml(value)}"


def _toml(value: object) -> str:
    """Return a value as TOML writes it."""
    import json

    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _remark(session: Session, words: Words) -> str:
    return plain(words.get(session.language)).replace("\n", " ")
