"""What typologies may ask of the facts around a match; read through the engine, once each."""

from __future__ import annotations

from graphmodel.detect.view_accounts import AccountFacts
from graphmodel.detect.view_events import EventFacts
from graphmodel.detect.view_goods import GoodsFacts
from graphmodel.detect.view_payments import PaymentFacts


class CaseView(EventFacts, GoodsFacts, AccountFacts, PaymentFacts):
    """The facts of a case as records, by id. Nothing here decides anything about a pattern."""
