"""A trace as plain data (the form of its JSON), and as lines of text from that data.

Pictures and tables are made from the plain data, so what is masked there is masked everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphmodel.model import counts, money
from graphmodel.model.instants import format_interval, parse_zone
from graphmodel.texts import text
from graphmodel.views.terminal_lines import padded, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from graphmodel.derive.trace import Step, Trace
    from graphmodel.model.counts import Bounded
    from graphmodel.texts import Language

SCHEMA = "graphmodel.trace/1"
Cells = dict[str, Any]


def trace_data(trace: Trace, timezone: str) -> Cells:
    """Return a trace as it stands in JSON: steps by hop and time, amounts as decimal text."""
    zone = parse_zone(timezone)
    return {
        "schema": SCHEMA,
        "account": trace.account,
        "direction": "up" if trace.is_up else "down",
        "batch": trace.batch,
        "steps": [_step(step, trace.names, zone) for step in trace.steps],
        "limits": {
            "max_hops": trace.limits.max_hops,
            "within_days": trace.limits.within_days,
            "max_rows": trace.limits.max_rows,
            "max_fan": trace.limits.max_fan,
        },
        "truncated": list(trace.truncated),
    }


def _step(step: Step, names: Mapping[str, str], zone: tzinfo) -> Cells:
    move = step.move
    return {
        "hop": step.hop,
        "event": move.id,
        "kind": move.label.lower(),
        "from": _end(move.giver, move.givers, names),
        "to": _end(move.taker, move.takers, names),
        "time": format_interval(move.t0, move.t1, zone),
        "amount": _amount(move.amount, move.currency),
        "records": _count(move.records),
        "batch": move.batch,
        "state": move.state,
        "followed": step.is_followed,
        "after": list(step.after),
        "order": "decided" if step.is_decided else "possible",
    }


def _end(account: str, parties: frozenset[str], names: Mapping[str, str]) -> Cells:
    listed = sorted(parties)
    return {
        "account": account,
        "parties": listed,
        "names": [names[party] for party in listed if party in names],
    }


def _amount(number: Bounded | None, currency: str) -> Cells | None:
    if number is None:
        return None
    plain_amount = money.format_amount(counts.rounded(number), currency)
    return {"amount": plain_amount, "currency": currency, "bound": number.bound}


def _count(number: Bounded | None) -> Cells | None:
    return None if number is None else {"count": counts.rounded(number), "bound": number.bound}


def end_words(end: Cells) -> str:
    """Return who is at one end of a step: names with the account, or the account alone."""
    names = "/".join(end["names"])
    account = end["account"]
    if not names or account == f"unknown:{'/'.join(end['parties'])}":
        return plain(names or account)
    return plain(f"{names} ({account})")


def value_words(step: Cells, language: Language) -> str:
    """Return the amount and the records of a step with their bounds."""
    parts = []
    if step["amount"] is not None:
        cells = step["amount"]
        told = f"{_grouped(cells['amount'])} {cells['currency']}"
        parts.append(text(f"bound-{cells['bound']}", language, number=told))
    if step["records"] is not None:
        cells = step["records"]
        number = text(f"bound-{cells['bound']}", language, number=f"{cells['count']:,}")
        parts.append(text("records", language, number=number))
    return " · ".join(parts) or text("trace-value-unknown", language)


def _grouped(amount: str) -> str:
    whole, point, fraction = amount.partition(".")
    return f"{int(whole):,}{point}{fraction}"


def note_words(step: Cells, language: Language) -> str:
    """Return what else is to be said of a step: its state, and whether its order is decided."""
    notes = []
    if step["state"] != "ok":
        notes.append(text(f"trace-state-{step['state']}", language))
    if step["order"] == "possible":
        notes.append(text("trace-order-possible", language))
    return " · ".join(notes)


def heading(data: Cells, language: Language) -> str:
    """Return the first line of a trace, with the limits that bound it."""
    key = f"trace-heading-{data['direction']}" + ("-batch" if data["batch"] else "")
    limits = data["limits"]
    within = text("trace-limits", language, hops=limits["max_hops"], days=limits["within_days"])
    account, batch = plain(data["account"]), plain(data["batch"] or "")
    return text(key, language, account=account, batch=batch) + within


def trace_lines(data: Cells, language: Language) -> Iterator[str]:
    """Yield a trace as lines: a heading, a line a step in columns, what was not searched."""
    yield f"graphmodel trace: {heading(data, language)}"
    rows = [_row(step, language) for step in data["steps"]]
    if not rows:
        yield text("trace-nothing", language)
    else:
        header = [text(f"trace-column-{name}", language) for name in _COLUMNS]
        yield from _table([header, *rows])
        yield text("trace-not-summed", language)
    for limit in data["truncated"]:
        yield text("trace-truncated", language, limit=plain(limit))


_COLUMNS = ("hop", "event", "time", "from", "to", "value", "after", "note")


def _row(step: Cells, language: Language) -> list[str]:
    return [
        str(step["hop"]),
        plain(step["event"]),
        step["time"] or text("trace-time-unknown", language),
        end_words(step["from"]),
        end_words(step["to"]),
        value_words(step, language),
        plain(", ".join(step["after"])),
        note_words(step, language),
    ]


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    from rich.cells import cell_len

    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (padded(cell, width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
