"""The truth of a simulated world, apart from the case: one JSON line a plant or decoy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.simulate.stage import Label


def truth_text(labels: Iterable[Label]) -> str:
    """Return the lines of a truth."""
    return "".join(f"{json.dumps(_label_json(label), ensure_ascii=False)}\n" for label in labels)


def _label_json(label: Label) -> dict[str, object]:
    return {
        "id": label.id,
        "typology": label.typology,
        "kind": label.kind,
        "variant": label.variant,
        "hardship": label.hardship.value,
        "roles": {role: list(ids) for role, ids in label.roles.items()},
        "events": list(label.events),
    }
