"""Payments in and out of parties as arrays, for patterns that look at very many of them.

All numbers are internal. A case of millions of payments is read column by column; only what a
finding names is read as records afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from graphmodel.store.case_file import CaseFile

    Ints = NDArray[Any]

EXACT, ABOUT, OPEN = 0, 1, 2
"""Bounds of amounts: exact, about, and those with an open end."""

_FLOWS = """
    SELECT p._nid AS number, p.t0 AS t0, p.t1 AS t1, p.amount_minor AS amount,
           CASE coalesce(p.amount_bound, 'exact')
             WHEN 'exact' THEN 0 WHEN 'about' THEN 1 ELSE 2 END::TINYINT AS bound,
           dense_rank() OVER (ORDER BY p.currency)::SMALLINT AS currency,
           p._nid IN (SELECT _dst FROM graph."REFUNDS") AS returned,
           coalesce(p.payer_balance_after_minor, 0) AS payer_left,
           p.payer_balance_after_minor IS NOT NULL AS has_left
    FROM graph."Payment" p
    WHERE p.status = 'ok' AND p.amount_minor IS NOT NULL AND p.currency IS NOT NULL
      AND p._nid NOT IN (SELECT _src FROM graph."REFUNDS")
    ORDER BY p._nid
"""
_SIDES = """
    WITH ends AS (SELECT _src, _dst, account FROM graph."PARTY" WHERE role = $role),
    alone AS (
        SELECT _nid, id FROM graph."Account"
        WHERE _nid IN (SELECT _dst FROM graph."PARTY" WHERE role IN ('PAYER', 'PAYEE')))
    SELECT _src AS payment, _dst AS party, false AS alternate FROM ends
    UNION ALL
    SELECT DISTINCT e._src, a._nid, true
    FROM ends e JOIN alone a ON a.id = e.account AND a._nid <> e._dst
    ORDER BY 1, 3, 2
"""
_RANKS = """
    WITH asked AS (SELECT unnest($numbers) AS number),
    named AS (
        SELECT n._nid, n.id FROM (
            SELECT _nid, id FROM graph."Payment" UNION ALL
            SELECT _nid, id FROM graph."Person" UNION ALL
            SELECT _nid, id FROM graph."Account") n
        WHERE n._nid IN (SELECT number FROM asked))
    SELECT _nid AS number, id, row_number() OVER (ORDER BY id, _nid) AS place FROM named
    ORDER BY _nid
"""
_LENT = """
    SELECT DISTINCT r._src AS number
    FROM (SELECT _src, _dst FROM graph."PAYER" UNION ALL SELECT _src, _dst FROM graph."PAYEE") r
    WHERE r._dst IN (
        SELECT h._dst FROM graph."HOLDS" h JOIN graph."ACTS_THROUGH" k
          ON k._dst = h._dst AND k._src <> h._src AND k.basis = 'controls')
    ORDER BY 1
"""


class FlowColumns(NamedTuple):
    """Payments that may have moved money, by rising number: `ok`, and none that pays another back.

    Times in seconds, `amount` and `payer_left` (the payer's balance afterwards, where `has_left`)
    in minor units, `bound` as above; `returned`: something was paid back of it.
    """

    number: Ints
    t0: Ints
    t1: Ints
    amount: Ints
    bound: Ints
    currency: Ints
    returned: Ints
    payer_left: Ints
    has_left: Ints


class SideColumns(NamedTuple):
    """The parties of one side of every payment, by payment.

    `alternate`: the account itself, where somebody is known to act through it at this payment and
    nobody at another.
    """

    payment: Ints
    party: Ints
    alternate: Ints


def count_rows(case_file: CaseFile, name: str) -> int:
    """Return how many nodes of a label or relationships of a type a case has."""
    text = f"SELECT count(*) FROM graph.{tables.quoted(name)}"
    ((count,),) = case_file.connection.execute(text).fetchall()
    return int(count)


def read_flows(case_file: CaseFile) -> FlowColumns:
    """Return the payments of a case that may have moved money."""
    return FlowColumns(**case_file.connection.execute(_FLOWS).fetchnumpy())


def read_side(case_file: CaseFile, role: str) -> SideColumns:
    """Return who pays (`PAYER`) or is paid (`PAYEE`); needs the derived PARTY."""
    return SideColumns(**case_file.connection.execute(_SIDES, {"role": role}).fetchnumpy())


def named(case_file: CaseFile, numbers: Ints) -> tuple[Ints, Ints, Ints]:
    """Return numbers of payments, persons or accounts, rising, with their ids and places by id."""
    found = case_file.connection.execute(_RANKS, {"numbers": numbers.tolist()}).fetchnumpy()
    return found["number"], found["id"], found["place"]


def payments_of_lent_accounts(case_file: CaseFile) -> Ints:
    """Return the payments through accounts that ever had a controller beside a holder."""
    return case_file.connection.execute(_LENT).fetchnumpy()["number"]


def payment_numbers(case_file: CaseFile, ids: Iterable[str]) -> dict[str, int]:
    """Return the internal numbers of payments by id."""
    from graphmodel.store.derived import node_numbers

    return node_numbers(case_file, "Payment", ids)
