"""The help of every command, from the catalogue, in the caller's language, with an example."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text
from typer.core import TyperArgument, TyperCommand, TyperGroup

from graphmodel.texts import text
from graphmodel.views.terminal_lines import Line, line, make_console, padded, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphmodel.texts import Language

PIPE_WIDTH = 100
"""Columns of a help page that goes to a file or a pipe."""

OPTION_WIDTH = 28


class HelpfulCommand(TyperCommand):
    """A command whose help comes from the catalogue."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - click's own types
        """Write the help of the command."""
        formatter.write(render_help(self, ctx))


class HelpfulGroup(TyperGroup):
    """A group of commands whose help comes from the catalogue."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - click's own types
        """Write the help of the group."""
        formatter.write(render_help(self, ctx))


def render_help(command: Any, ctx: Any) -> str:  # noqa: ANN401 - click's own types
    """Return the help page of a command or group as text."""
    console = make_console(sys.stdout)
    width = min(console.width, PIPE_WIDTH) if console.is_terminal else PIPE_WIDTH
    lines = help_lines(command, ctx, ctx.obj.language)
    rows = (row.plain.rstrip() for one in lines for row in wrapped(one, width))
    return "\n".join(rows) + "\n"


def help_lines(command: Any, ctx: Any, language: Language) -> Iterator[Line]:  # noqa: ANN401 - click
    """Yield usage, purpose, example, arguments, options and commands."""
    key = command_key(ctx.command_path)
    arguments, options = _params(command, ctx)
    names = [_usage_name(param) for param in arguments]
    more = ["COMMAND …"] if isinstance(command, TyperGroup) else []
    usage = " ".join((ctx.command_path, f"[{text('cli-help-options', language)}]", *names, *more))
    yield line(f"{text('cli-help-usage', language)}: {usage}", hang=4)
    yield line()
    yield line(text(f"cli-command-{key}", language), 2)
    yield line()
    yield line(f"{text('cli-help-example', language)}:", 2)
    yield line(text(f"cli-command-{key}-example", language), 4, hang=4)
    if arguments:
        rows = [(_metavar(p), _described(p, key, language)) for p in arguments]
        yield from _table("cli-help-arguments", rows, language)
    rows = [(_option_names(p), _described(p, key, language)) for p in options]
    yield from _table("cli-help-options", rows, language)
    if isinstance(command, TyperGroup):
        yield from _table("cli-help-commands", _command_rows(command, key, language), language)


def command_key(command_path: str) -> str:
    """Return the part of the catalogue keys that names a command.

    >>> command_key("graphmodel typologies show"), command_key("graphmodel")
    ('typologies-show', 'graphmodel')
    """
    words = command_path.split()
    return "-".join(words[1:]) or words[0]


def param_key(key: str, param: Any) -> str:  # noqa: ANN401 - click's own types
    """Return the catalogue key of a parameter: its own, else the one shared by all commands."""
    name = (param.name or "").strip("_").replace("_", "-")
    if name == "help":
        return "cli-help-help"
    shared = "cli-argument" if isinstance(param, TyperArgument) else "cli-option"
    own = f"cli-{key}-{name}"
    return own if _is_known(own) else f"{shared}-{name}"


def _is_known(key: str) -> bool:
    try:
        return bool(text(key, "en"))
    except KeyError:
        return False


def _params(command: Any, ctx: Any) -> tuple[list[Any], list[Any]]:  # noqa: ANN401 - click
    shown = [param for param in command.get_params(ctx) if not getattr(param, "hidden", False)]
    arguments = [param for param in shown if isinstance(param, TyperArgument)]
    return arguments, [param for param in shown if not isinstance(param, TyperArgument)]


def _metavar(param: Any) -> str:  # noqa: ANN401 - click's own types
    named = getattr(param, "metavar", None)
    if named:
        return str(named)
    choices = getattr(getattr(param, "type", None), "choices", None)
    if choices:
        return "|".join(str(getattr(choice, "value", choice)) for choice in choices)
    return "" if getattr(param, "is_flag", False) else (param.name or "").upper()


def _usage_name(param: Any) -> str:  # noqa: ANN401 - click's own types
    name = _metavar(param) + ("…" if param.nargs == -1 else "")
    return name if getattr(param, "required", False) else f"[{name}]"


def _option_names(param: Any) -> str:  # noqa: ANN401 - click's own types
    names = ", ".join((*param.opts, *param.secondary_opts))
    return f"{names} {_metavar(param)}".strip()


def _described(param: Any, key: str, language: Language) -> str:  # noqa: ANN401 - click's own types
    said = text(param_key(key, param), language)
    default = getattr(param, "default", None)
    default = getattr(default, "value", default)
    if isinstance(default, str) and default:
        said += f" [{text('cli-help-default', language, value=default)}]"
    elif getattr(param, "required", False) and not isinstance(param, TyperArgument):
        said += f" [{text('cli-help-required', language)}]"
    return said


def _command_rows(group: TyperGroup, key: str, language: Language) -> list[tuple[str, str]]:
    start = "cli-command-" if key == "graphmodel" else f"cli-command-{key}-"
    return [(name, text(start + name, language)) for name in group.commands]


def _table(key: str, rows: Iterable[tuple[str, str]], language: Language) -> Iterator[Line]:
    listed = list(rows)
    widths = [cell_len(name) for name, _ in listed if cell_len(name) <= OPTION_WIDTH]
    width = max(widths, default=0)
    yield line()
    yield line(f"{text(key, language)}:", 2)
    for name, said in listed:
        if cell_len(name) > width:
            yield Line(Text(name), 4, 8)
            yield Line(Text(said), 6 + width, 6 + width)
        else:
            yield Line(Text(f"{padded(name, width)}  {said}"), 4, 6 + width)
