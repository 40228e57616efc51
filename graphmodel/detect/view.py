"""What typologies may ask of the facts around a match; read through the engine, once each."""

from __future__ import annotations

from graphmodel.detect.view_events import EventFacts


class CaseView(EventFacts):
    """The facts of a case as records, by id. Nothing here decides anything about a pattern."""
