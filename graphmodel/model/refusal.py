"""The refusal of one value: a reason that the texts explain in both languages."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a value cannot be taken."""

    NUMBER_BAD = "number-bad"
    NUMBER_FINE = "number-fine"
    NUMBER_LARGE = "number-large"
    NUMBER_NEGATIVE = "number-negative"
    COUNT_WHOLE = "count-whole"
    CURRENCY_UNKNOWN = "currency-unknown"
    CURRENCY_SIGN = "currency-sign"
    TIME_BAD = "time-bad"
    TIME_REVERSED = "time-reversed"
    ZONE_UNKNOWN = "zone-unknown"
    ID_SIGNS = "id-signs"
    ID_RESERVED = "id-reserved"
    ID_LONG = "id-long"


class RefusalError(ValueError):
    """A value that cannot be taken; `detail` is the part of it, or the limit, it is about."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Keep the reason and the detail."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
