"""The value notation of the TCK's tables and parameters: plain values, or `NotPlainError`."""

from __future__ import annotations

import math
import re

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<float>[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?"
    r"|[+-]?Inf(?:inity)?\b|NaN\b)|(?P<integer>[+-]?\d+)|(?P<name>`[^`]*`|\w+)|(?P<sign>[\[\]{}:,()<>-]))",
    re.DOTALL,
)
_WORDS = {"null": None, "true": True, "false": False}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class NotPlainError(Exception):
    """The text is a node, a relationship or a path, or no value at all."""


def read_value(text: str) -> object:
    """Return the value that a text of the TCK stands for."""
    tokens = _tokens(text)
    value = _value(tokens)
    if tokens:
        raise NotPlainError(text)
    return value


def _tokens(text: str) -> list[tuple[str, str]]:
    """Return kind and text of each token, the last one first."""
    found, at, text = [], 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or not match.lastgroup:
            raise NotPlainError(text)
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found[::-1]


def _value(tokens: list[tuple[str, str]]) -> object:
    kind, text = tokens.pop() if tokens else ("", "")
    if kind == "text":
        return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text[1:-1], flags=re.DOTALL)
    if kind == "float":
        return math.nan if text == "NaN" else float(text)
    if kind == "integer":
        return int(text)
    if text in _WORDS:
        return _WORDS[text]
    if text == "[" and tokens and tokens[-1][1] != ":":
        return _list(tokens)
    if text == "{":
        return _map(tokens)
    raise NotPlainError(text)


def _list(tokens: list[tuple[str, str]]) -> list[object]:
    items: list[object] = []
    while tokens and tokens[-1][1] != "]":
        items.append(_value(tokens))
        _comma(tokens, "]")
    _close(tokens)
    return items


def _map(tokens: list[tuple[str, str]]) -> dict[str, object]:
    entries: dict[str, object] = {}
    while tokens and tokens[-1][1] != "}":
        key = tokens.pop()[1].strip("`")
        if not tokens or tokens.pop()[1] != ":":
            raise NotPlainError(key)
        entries[key] = _value(tokens)
        _comma(tokens, "}")
    _close(tokens)
    return entries


def _comma(tokens: list[tuple[str, str]], end: str) -> None:
    if tokens and tokens[-1][1] == ",":
        tokens.pop()
    elif not tokens or tokens[-1][1] != end:
        raise NotPlainError(end)


def _close(tokens: list[tuple[str, str]]) -> None:
    if not tokens:
        reason = "a bracket is not closed"
        raise NotPlainError(reason)
    tokens.pop()
