"""Two searches of one case under different parameters, compared; the case file stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.findings.changes import find_changes
from graphmodel.findings.configuration import Configuration, changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.case import Case, Progress
    from graphmodel.findings.changes import Changes
    from graphmodel.model.report import Report


def tune(
    case: Case,
    config: Configuration | None,
    settings: Sequence[str] = (),
    progress: Progress | None = None,
) -> Changes:
    """Compare the findings of a case with those under other parameters.

    A case file stays as it is where it was opened `untouched`. With `settings` such as
    `relay.enabled=false` they are put over `config` and compared with it; without any, `config` is
    compared with the defaults.
    """
    own = Configuration(derive=case.derive_params())
    base = config if settings and config is not None else own
    wanted = changed(base, settings) if settings else (config or own)
    before = _search(case, base, progress)
    after = _search(case, wanted, progress)
    return find_changes(before, after)


def _search(case: Case, config: Configuration, progress: Progress | None) -> Report:
    """Search under a configuration: in the case at hand, or in a copy derived again."""
    if case.is_temporary or case.derive_params() == config.derive:
        return case.flag(config=config, graph=False, keep=False, progress=progress)
    with case.copy_derived(config, progress) as copy:
        return copy.flag(config=config, graph=False, keep=False, progress=progress)
