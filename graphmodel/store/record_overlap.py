"""How many keyed record digests any two batches have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphmodel.store.case_file import CaseFile


def overlaps(case_file: CaseFile) -> list[tuple[str, str, int, int]]:
    """Return (batch, batch, digests in both, digests of the smaller) for pairs that share any."""
    rows = case_file.connection.execute(
        """
        WITH r AS (SELECT DISTINCT _nid, digest FROM facts.records),
             n AS (SELECT _nid, count(*) AS size FROM r GROUP BY _nid),
             s AS (SELECT a._nid AS x, b._nid AS y, count(*) AS shared
                   FROM r a JOIN r b ON a.digest = b.digest AND a._nid < b._nid GROUP BY 1, 2)
        SELECT bx.id, by_.id, s.shared, least(nx.size, ny.size)
        FROM s JOIN n nx ON nx._nid = s.x JOIN n ny ON ny._nid = s.y
        JOIN facts."Batch" bx ON bx._nid = s.x JOIN facts."Batch" by_ ON by_._nid = s.y
        ORDER BY bx.id, by_.id
        """
    )
    return rows.fetchall()
