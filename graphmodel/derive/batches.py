"""Batches that share records: keyed digests compared, so that no record is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.store.derived import DerivedLink
from graphmodel.store.record_overlap import overlaps

if TYPE_CHECKING:
    from graphmodel.store.case_file import CaseFile


def overlapping_batches(case_file: CaseFile, min_containment: float) -> list[DerivedLink]:
    """Return pairs of batches of whose smaller one at least this share is in the larger."""
    return [
        DerivedLink(
            ("Batch", a), ("Batch", b), (a, b), {"method": "overlap", "score": shared / smaller}
        )
        for a, b, shared, smaller in overlaps(case_file)
        if shared >= min_containment * smaller
    ]
