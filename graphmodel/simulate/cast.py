"""What the tables of a world are made from: who lives there, what they trade, what they pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from graphmodel.simulate.numbering import Numbers
    from graphmodel.simulate.payments import Flow
    from graphmodel.simulate.people import People
    from graphmodel.simulate.trade import Trade


class Cast(NamedTuple):
    """An honest world as arrays, before it is written."""

    rng: np.random.Generator
    numbering: Numbers
    people: People
    trade: Trade
    payments: Flow
