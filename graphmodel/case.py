"""A case from end to end: open or import it, flag, query, keep. Everything else is delegated."""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from graphmodel.errors import InputError, LimitError, UsageError
from graphmodel.model.finding import Level
from graphmodel.query.engines.limits import DEFAULT_BUDGET_S
from graphmodel.sources.base import FileReport, Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from graphmodel.model.report import Report
    from graphmodel.model.schema_types import GraphSchema
    from graphmodel.query.engines.base import QueryResult
    from graphmodel.query.engines.embedded import EmbeddedEngine
    from graphmodel.query.engines.limits import Limits
    from graphmodel.query.explain import Explanation
    from graphmodel.query.plan_cache import PlanCache
    from graphmodel.query.questions import Question
    from graphmodel.sources.base import CaseInput
    from graphmodel.store.case_file import CaseFile
    from graphmodel.texts import Language

Progress: TypeAlias = "Callable[[str], None]"
"""Called with the name of each step as it begins."""

SUFFIX = ".duckdb"
TEMPORARY = "graphmodel-"
TEMPORARY_FILE = "case.duckdb"


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """The account of every row read: counts by file, rejects, warnings."""

    files: tuple[FileReport, ...] = ()
    rejects: tuple[Reject, ...] = ()
    warnings: tuple[str, ...] = ()


class Case:
    """An open case. Use `Case.open` or `Case.import_`, as a context manager or with `close`."""

    def __init__(self, case_file: CaseFile, *, temporary: Path | None = None) -> None:
        """Take over an open case file; `temporary` is a folder to remove at the end."""
        self._case_file = case_file
        self._temporary = temporary
        self._engines: dict[float | None, EmbeddedEngine] = {}
        self._plans = _plans_of(case_file)
        meta = case_file.meta()
        self._meta = meta
        self.title = str(meta["title"])
        self.timezone = str(meta["timezone"])
        self.language: Language | None = meta["language"]  # type: ignore[assignment] # zh, en or None
        self.currency = str(meta["currency"])
        self.law = str(meta["law"])
        kept: Any = meta["imported"]
        self.imported = Imported(
            tuple(FileReport(**entry) for entry in kept["files"]),
            tuple(Reject(*entry) for entry in kept["rejects"]),
            tuple(kept["warnings"]),
        )

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        language: Language | None = None,
        progress: Progress | None = None,
    ) -> Case:
        """Open a case file, or read a folder of case tables (or one table) into a temporary one.

        `language` is that of reject reasons. UsageError: nothing there. InputError: unusable.
        """
        given = Path(path)
        if given.suffix == SUFFIX:
            return cls._open_file(given, progress)
        case_input = _read(given, language, progress)
        _remove_stale_folders()
        folder = Path(tempfile.mkdtemp(prefix=TEMPORARY))
        try:
            return cls(_store(case_input, folder / TEMPORARY_FILE, progress), temporary=folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    @classmethod
    def _open_file(cls, path: Path, progress: Progress | None) -> Case:
        from graphmodel.store.case_file import CaseFile

        if not path.exists():
            msg = f"There is no case file {path.name}."
            raise UsageError(msg, hint="Check the path.")
        if not path.is_file():
            msg = f"{path.name} is no regular file."
            raise InputError(msg, hint="Name a case file.")
        case_file = CaseFile.open(path, read_only=not _may_write(path))
        try:
            if case_file.meta().get("derived_by") != _derive_version():
                _derive(case_file, progress)
            return cls(case_file)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            case_file.close()
            msg = f"{path.name} is damaged: what it says of its case cannot be read."
            raise InputError(msg, hint="Import the case again from its tables.") from error
        except BaseException:
            case_file.close()
            raise

    @classmethod
    def import_(
        cls,
        paths: str | Path | Sequence[str | Path],
        out: str | Path,
        *,
        language: Language | None = None,
        progress: Progress | None = None,
    ) -> Case:
        """Read a case into a case file that is kept; an older one is replaced only at the end."""
        from graphmodel.store.case_file import CaseFile, is_in_use

        target = Path(out)
        listed = [paths] if isinstance(paths, str | Path) else list(paths)
        if len(listed) != 1:
            msg = f"{len(listed)} inputs were named, one is read at a time."
            raise UsageError(msg, hint="Put the tables into one folder.")
        if target.suffix != SUFFIX:
            msg = f"{target.name} does not end in {SUFFIX}."
            raise UsageError(msg, hint="Name the output like X.case.duckdb.")
        if not target.parent.is_dir():
            msg = f"There is no folder {target.parent.name or target.parent} for {target.name}."
            raise UsageError(msg, hint="Make the folder first.")
        case_input = _read(Path(listed[0]), language, progress)
        if target.exists() and is_in_use(target):
            msg = f"{target.name} is in use by another program."
            raise InputError(msg, hint="Close it and try again.")
        part = target.with_name(f".{target.name}.{token_hex(8)}.part{SUFFIX}")
        _remove_parts(target)
        try:
            stored = _store(case_input, part, progress)
            stored.settle()
            stored.close()
            _remove_log(target)
            part.replace(target)
        except OSError as error:
            _remove(part)
            msg = f"{target.name} could not be written: {error.strerror or 'no access'}."
            raise LimitError(msg, hint="Check the folder's rights and the free space.") from error
        except BaseException:
            _remove(part)
            raise
        return cls(CaseFile.open(target))

    def schema(self) -> GraphSchema:
        """Return the declared graph, widened by the case's own columns."""
        return self._case_file.schema

    def _engine(self, budget_s: float | None = None) -> EmbeddedEngine:
        if budget_s not in self._engines:
            from graphmodel.query.engines.limits import Limits

            limits = Limits(budget_s)
            self._engines[budget_s] = _engine_of(self._case_file, self._plans, limits)
        return self._engines[budget_s]

    def query(
        self,
        text: str,
        params: Mapping[str, object] | None = None,
        *,
        budget_s: float | None = DEFAULT_BUDGET_S,
        memory_limit_mb: float | None = None,
        max_rows: int | None = None,
    ) -> QueryResult:
        """Run a query; CypherError outside the subset, LimitError past a limit, never a part.

        Limits are seconds (None: any time), megabytes by which the program may grow beside the
        case file's own limit, and rows of the answer.
        """
        return self._asking(budget_s, memory_limit_mb, max_rows).run(text, params)

    def _asking(
        self, budget_s: float | None, memory_limit_mb: float | None, max_rows: int | None = None
    ) -> EmbeddedEngine:
        from graphmodel.query.engines.limits import Limits

        # plans of a user's own texts are not kept: a text may hold names
        limits = Limits(budget_s, memory_limit_mb, max_rows)
        return _engine_of(self._case_file, None, limits)

    def questions(self) -> dict[str, Question]:
        """Return by name the questions that investigators ask, with wording and parameters."""
        from graphmodel.query.questions import questions

        return questions()

    def ask(self, name: str, /, **params: object) -> QueryResult:
        """Ask one of the questions; what is not given has its default.

        UsageError: no such question or parameter, or a value of another kind. For example
        `case.ask("batch_deals", batch="b2").to_pandas()`.
        """
        from graphmodel.query.questions import question

        asked = question(name)
        return asked.ordered(self.query(asked.text, asked.bound(params)))

    def explain_query(
        self,
        text: str,
        params: Mapping[str, object] | None = None,
        language: Language | None = None,
        *,
        budget_s: float | None = DEFAULT_BUDGET_S,
        memory_limit_mb: float | None = None,
    ) -> Explanation:
        """Run a query and return how that was done: steps in words, rows, times, and the SQL."""
        spoken = language or self.language or "en"
        return self._asking(budget_s, memory_limit_mb).explain(text, params, spoken)

    def flag(
        self,
        *,
        typologies: Sequence[str] | None = None,
        min_level: Level = Level.LEAD,
        since: str | None = None,
        rules: Mapping[str, Mapping[str, object]] | None = None,
        graph: bool = True,
        progress: Progress | None = None,
    ) -> Report:
        """Run the typologies and return what they find; all findings are kept in the case file.

        `since` hides findings that surely ended before it; it never narrows the search. `rules`
        gives parameters by typology. Without `graph` the report carries no facts to draw.
        """
        from graphmodel.findings.flagging import Choice, flag_case

        choice = Choice(tuple(typologies or ()), min_level, since, dict(rules or {}), graph)
        return flag_case(self._case_file, self._engine, choice, progress)

    def findings(self) -> Report | None:
        """Return the report of the last full run kept in the case file, without its graph."""
        from graphmodel.findings.keeping import kept_report

        return kept_report(self._case_file)

    def close(self) -> None:
        """Close the case file and remove what was temporary."""
        self._case_file.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def __enter__(self) -> Self:
        """Return the case itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the case."""
        self.close()


def _read(path: Path, language: Language | None, progress: Progress | None) -> CaseInput:
    from graphmodel.sources.case_tables import read_case

    return read_case(path, language=language, progress=progress)


def _store(case_input: CaseInput, path: Path, progress: Progress | None) -> CaseFile:
    from graphmodel.store.case_file import CaseFile

    meta = {
        "title": case_input.title,
        "timezone": case_input.timezone,
        "language": case_input.language,
        "currency": case_input.currency,
        "law": case_input.law,
        "imported": {
            "files": [dataclasses.asdict(report) for report in case_input.files],
            "rejects": [list(reject) for reject in case_input.rejects],
            "warnings": case_input.warnings,
        },
    }
    case_file = CaseFile.create(
        path, case_input.facts, meta, record_digests=case_input.record_digests
    )
    try:
        case_file.set_meta({"digest": case_file.digest()})
        _derive(case_file, progress)
    except BaseException:
        case_file.close()
        _remove(path)
        raise
    return case_file


def _plans_of(case_file: CaseFile) -> PlanCache | None:
    from graphmodel.query.plan_cache import PlanCache, plan_folder

    folder = plan_folder()
    return None if folder is None else PlanCache(folder, case_file.schema)


def _engine_of(
    case_file: CaseFile, plans: PlanCache | None, limits: Limits | None = None
) -> EmbeddedEngine:
    from graphmodel.query.engines.embedded import EmbeddedEngine

    engine = EmbeddedEngine(case_file.connection, case_file.schema, limits=limits, plans=plans)
    engine.degrees = case_file.degrees()
    return engine


def _derive_version() -> str:
    from graphmodel.derive.runner import derive_version

    return derive_version()


def _derive(case_file: CaseFile, progress: Progress | None) -> None:
    from graphmodel.derive.runner import derive

    engine = _engine_of(case_file, _plans_of(case_file))
    truncated = derive(case_file, engine, progress=progress)
    case_file.keep_degrees()
    case_file.set_meta({"derived_by": _derive_version(), "truncated": truncated})


def _remove_parts(target: Path) -> None:
    """Remove the parts that killed imports left beside an output, not one still written to."""
    from graphmodel.store.case_file import is_in_use

    for part in target.parent.glob(f".{target.name}.*.part{SUFFIX}"):
        if not is_in_use(part):
            _remove(part)


def _remove_stale_folders() -> None:
    """Remove temporary cases that killed runs of this user left behind."""
    from graphmodel.store.case_file import is_in_use

    user = getattr(os, "getuid", None)
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            is_own = user is None or folder.lstat().st_uid == user()
            kept = folder / TEMPORARY_FILE
            if is_own and kept.is_file() and not is_in_use(kept):
                shutil.rmtree(folder, ignore_errors=True)


def _may_write(path: Path) -> bool:
    """Tell whether a case file and its folder may be written; evidence often may not."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _remove_log(path: Path) -> None:
    """Remove what a killed run left of a case file: its log would be read into the next one."""
    with suppress(OSError):
        path.with_name(path.name + ".wal").unlink()


def _remove(path: Path) -> None:
    _remove_log(path)
    with suppress(OSError):
        path.unlink()
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)
