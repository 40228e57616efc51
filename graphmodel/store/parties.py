"""Who acts in an event, written for many events at once: what `cypher/derive/party.cypher` says.

The rule is the documented pattern and what a server runs. A case of very many events takes this
road to the same facts: it goes by internal numbers, a slice of the events at a time, so that
neither time nor memory grows faster than the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.store import tables

if TYPE_CHECKING:
    from graphmodel.store.case_file import CaseFile

ROLES = (
    "SELLER",
    "BUYER",
    "PAYER",
    "PAYEE",
    "SENDER",
    "RECEIVER",
    "OFFERED_BY",
    "OFFERED_TO",
    "AUTHOR",
    "READER",
)
"""The relationships by which an account takes part in an event."""
SLICE = 1_000_000
"""So many events are written at a time."""

_ACTING = """
    CREATE OR REPLACE TEMP TABLE party_acting AS
    SELECT k._rid AS rid, k._src AS person, p.id AS person_id, k._dst AS account, k.id AS fact,
           k.basis, k.since_t0, k.until_t1,
           count(*) OVER (PARTITION BY k._src, k._dst) > 1 AS several
    FROM graph."ACTS_THROUGH" k JOIN graph."Person" p ON p._nid = k._src
"""
_RIVALS = """
    CREATE OR REPLACE TEMP TABLE party_rivals AS
    SELECT h.rid, c.since_t0, c.until_t1
    FROM party_acting h JOIN party_acting c ON c.account = h.account AND c.person <> h.person
    WHERE h.basis = 'holds' AND c.basis = 'controls'
"""
_EVENTS = """
    events AS (
        SELECT r._src, r._dst, r.id AS part, n.id AS event, a.id AS account, n.t0, n.t1
        FROM graph.{role} r JOIN graph.{label} n ON n._nid = r._src
        JOIN graph."Account" a ON a._nid = r._dst
        WHERE r._src BETWEEN $low AND $high AND n._nid BETWEEN $low AND $high),
    acting AS (
        SELECT e.*, k.person, k.person_id, k.fact, k.several
        FROM events e JOIN party_acting k
          ON k.account = e._dst AND k.since_t0 <= e.t1 AND k.until_t1 >= e.t0
        WHERE NOT EXISTS (
            SELECT 1 FROM party_rivals v
            WHERE v.rid = k.rid AND v.since_t0 <= e.t1 AND v.until_t1 >= e.t0))
"""
_FOUND = {
    "one": """
        SELECT _src, person AS _dst, event, person_id AS party, account,
               list_sort([part, fact]) AS grounds
        FROM acting WHERE NOT several""",
    "several": """
        SELECT _src, person AS _dst, event, person_id AS party, account,
               list_sort(list_distinct(flatten(list([part, fact])))) AS grounds
        FROM acting WHERE several
        GROUP BY _src, person, event, person_id, account ORDER BY _src, person""",
    "alone": """
        SELECT _src, _dst, event, account AS party, account, [part] AS grounds
        FROM events e WHERE NOT EXISTS (
            SELECT 1 FROM party_acting k
            WHERE k.account = e._dst AND k.since_t0 <= e.t1 AND k.until_t1 >= e.t0)""",
}
_INSERT = """
    INSERT INTO derived."PARTY" (_rid, _src, _dst, id, certainty, role, account, rule, grounds)
    WITH {events}, found AS ({found})
    SELECT $base + row_number() OVER (), _src, _dst,
           'PARTY;' || left(sha256(concat_ws(chr(31), 'PARTY', event, party, $role, account)), 16),
           'inferred', $role, account, $rule, grounds
    FROM found
"""


def count_parts(case_file: CaseFile) -> int:
    """Return how many times an account takes part in an event."""
    each = " + ".join(f"(SELECT count(*) FROM graph.{tables.quoted(role)})" for role in ROLES)
    ((count,),) = case_file.connection.execute(f"SELECT {each}").fetchall()
    return int(count)


def write_parties(case_file: CaseFile, *, rule: str) -> int | None:
    """Write `PARTY` as the rule does, into an empty table; the order of its rows is another.

    Returns how many were written. None, and nothing is written, where two facts would have one id:
    the rule joins those, or says so.
    """
    connection = case_file.connection
    connection.execute(_ACTING)
    connection.execute(_RIVALS)
    start = base = tables.relationship_base("PARTY")
    for role in ROLES:
        quoted = tables.quoted(role)
        ((low, high),) = connection.execute(
            f"SELECT min(_src), max(_src) FROM graph.{quoted}"
        ).fetchall()
        if low is None:
            continue
        label = tables.quoted(case_file.schema.relationships[role].ends[0][0])
        events = _EVENTS.format(role=quoted, label=label)
        for first in range(low, high + 1, SLICE):
            given = {"low": first, "high": first + SLICE - 1, "role": role, "rule": rule}
            for found in _FOUND.values():
                text = _INSERT.format(events=events, found=found)
                ((written,),) = connection.execute(text, {**given, "base": base}).fetchall()
                base += int(written)
    connection.execute("DROP TABLE party_acting")
    connection.execute("DROP TABLE party_rivals")
    if _has_doubles(case_file):
        connection.execute('DELETE FROM derived."PARTY"')
        return None
    return base - start


def _has_doubles(case_file: CaseFile) -> bool:
    """Tell whether an id stands twice: the 16 digits of all are compared as numbers."""
    import numpy as np

    numbers = case_file.connection.execute(
        "SELECT ('0x' || substr(id, 7))::UBIGINT AS n FROM derived.\"PARTY\""
    ).fetchnumpy()["n"]
    ordered = np.sort(numbers)
    return bool((ordered[1:] == ordered[:-1]).any())
