"""Payments as arrays: who paid whom, when, how much, read straight from the case file's tables.

Millions of payments never become rows of Python values here. A payment is known by its internal
number; internal numbers rise with ids, so an order by number is an order by id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from graphmodel.store import tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphmodel.store.case_file import CaseFile

_LIVE = """
    WITH fully AS (
        SELECT p._nid FROM graph."REFUNDS" r
        JOIN graph."Payment" f ON f._nid = r._src AND f.status = 'ok'
        JOIN graph."Payment" p ON p._nid = r._dst AND p.currency IS NOT DISTINCT FROM f.currency
        WHERE coalesce(f.amount_bound, 'exact') IN ('exact', 'at_least')
          AND coalesce(p.amount_bound, 'exact') IN ('exact', 'at_most')
        GROUP BY p._nid, p.amount_minor HAVING sum(f.amount_minor) >= p.amount_minor),
    void AS (SELECT _nid FROM graph."Payment" WHERE status <> 'ok' UNION SELECT _nid FROM fully),
    gone AS (SELECT _nid FROM void
             UNION SELECT r._src FROM graph."REFUNDS" r JOIN void v ON v._nid = r._dst)
    SELECT p._nid AS number, p.t0 AS t0, p.t1 AS t1, p.amount_minor AS amount,
           list_position(?, coalesce(p.currency, '')) AS currency
    FROM graph."Payment" p
    WHERE p.amount_minor IS NOT NULL AND p._nid NOT IN (SELECT _nid FROM gone)
      AND (p.amount_minor > 0 OR coalesce(p.amount_bound, 'exact') NOT IN ('exact', 'at_most'))
    ORDER BY p._nid
"""
_ENDS = """
    WITH ends AS (
        SELECT _src, _dst, role, account FROM graph."PARTY" WHERE role IN ('PAYER', 'PAYEE')),
    alone AS (SELECT DISTINCT a._nid, a.id FROM graph."Account" a JOIN ends e ON e._dst = a._nid),
    perhaps AS (
        SELECT DISTINCT e._src, a._nid AS _dst, e.role, 1 AS alternate
        FROM ends e JOIN alone a ON a.id = e.account AND a._nid <> e._dst
        JOIN graph."Payment" p ON p._nid = e._src
        WHERE NOT EXISTS (
            SELECT 1 FROM graph."ACTS_THROUGH" k
            WHERE k._src = e._dst AND k._dst = a._nid
              AND k.since_t1 <= p.t0 AND k.until_t0 >= p.t1)),
    either AS (SELECT _src, _dst, role, 0 AS alternate FROM ends
               UNION ALL SELECT * FROM perhaps)
    SELECT a._src AS payment, a._dst AS payer, b._dst AS payee,
           a.alternate + 2 * b.alternate AS alternate
    FROM either a JOIN either b ON b._src = a._src
    WHERE a.role = 'PAYER' AND b.role = 'PAYEE'
    ORDER BY a._src, a._dst, b._dst, 4
"""


class PaymentColumns(NamedTuple):
    """Payments that moved money, by rising internal number.

    Times in seconds; `amount` in minor units of `currencies[currency - 1]`. Failed and refunded
    payments, those paid back in full and what paid them back are left out.
    """

    number: NDArray[Any]
    t0: NDArray[Any]
    t1: NDArray[Any]
    amount: NDArray[Any]
    currency: NDArray[Any]
    currencies: tuple[str, ...]


class EndColumns(NamedTuple):
    """Payer and payee of every payment, a row for each pair of parties it may be between.

    All numbers are internal. `alternate` has bit 1 where the payer, bit 2 where the payee is the
    account itself although somebody may act through it: nobody is known there at another payment.
    """

    payment: NDArray[Any]
    payer: NDArray[Any]
    payee: NDArray[Any]
    alternate: NDArray[Any]


def may_have_loops(case_file: CaseFile) -> bool:
    """Tell whether there are two payments at all."""
    ((count,),) = case_file.connection.execute('SELECT count(*) FROM graph."Payment"').fetchall()
    return int(count) > 1


def read_payments(case_file: CaseFile) -> PaymentColumns:
    """Return the payments of a case that moved money."""
    connection = case_file.connection
    found = connection.execute(
        "SELECT DISTINCT coalesce(currency, '') FROM graph.\"Payment\" ORDER BY 1"
    ).fetchall()
    currencies = tuple(str(row[0]) for row in found)
    columns = connection.execute(_LIVE, [list(currencies)]).fetchnumpy()
    return PaymentColumns(currencies=currencies, **columns)


def read_ends(case_file: CaseFile) -> EndColumns:
    """Return who pays whom; needs the derived PARTY."""
    return EndColumns(**case_file.connection.execute(_ENDS).fetchnumpy())


def settling_payments(case_file: CaseFile) -> NDArray[Any]:
    """Return the internal numbers of the payments that settle a deal."""
    return case_file.connection.execute('SELECT DISTINCT _src FROM graph."SETTLES"').fetchnumpy()[
        "_src"
    ]


def trading_parties(case_file: CaseFile) -> NDArray[Any]:
    """Return the internal numbers of the parties that sell or buy in any deal."""
    return case_file.connection.execute(
        "SELECT DISTINCT _dst FROM graph.\"PARTY\" WHERE role IN ('SELLER', 'BUYER')"
    ).fetchnumpy()["_dst"]


def stated_orders(case_file: CaseFile) -> dict[tuple[int, int], str]:
    """Return which payments are stated to be earlier than which, with the fact that says so."""
    base = tables.node_base("Payment")
    rows = case_file.connection.execute(
        'SELECT _src, _dst, id FROM graph."BEFORE" '
        "WHERE _src BETWEEN ? AND ? AND _dst BETWEEN ? AND ?",
        [base, base + (1 << tables.SEQUENCE_BITS) - 1] * 2,
    ).fetchall()
    return {(a, b): str(fact) for a, b, fact in rows}


def payment_facts(
    case_file: CaseFile, numbers: list[int]
) -> tuple[dict[int, str], dict[int, tuple[str, ...]]]:
    """Return ids, and the facts that say who pays and is paid, of payments by internal number."""
    connection = case_file.connection
    ids = connection.execute(
        'SELECT _nid, id FROM graph."Payment" WHERE _nid IN (SELECT unnest(?))', [numbers]
    ).fetchall()
    parties = connection.execute(
        'SELECT _src, list(id ORDER BY id) FROM graph."PARTY" '
        "WHERE _src IN (SELECT unnest(?)) AND role IN ('PAYER', 'PAYEE') GROUP BY _src",
        [numbers],
    ).fetchall()
    return dict(ids), {number: tuple(facts) for number, facts in parties}
