"""A case from end to end: open or import it, flag, query, keep. Everything else is delegated."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from graphmodel.errors import InputError, LimitError, UsageError
from graphmodel.model.finding import Level
from graphmodel.query.engines.limits import DEFAULT_BUDGET_S
from graphmodel.sources.base import FileReport, Reject
from graphmodel.store.leftovers import (
    SUFFIX,
    TEMPORARY_FILE,
    may_write,
    new_folder,
    remove_case_file,
    remove_log,
    remove_parts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from graphmodel.derive.runner import DeriveParams
    from graphmodel.derive.trace import Trace
    from graphmodel.findings.configuration import Configuration
    from graphmodel.model.report import Report
    from graphmodel.model.schema_types import GraphSchema
    from graphmodel.query.engines.base import QueryResult
    from graphmodel.query.engines.embedded import EmbeddedEngine
    from graphmodel.query.engines.limits import Limits
    from graphmodel.query.engines.neo4j import Driver, Login
    from graphmodel.query.engines.neo4j_push import Pushed
    from graphmodel.query.explain import Explanation
    from graphmodel.query.plan_cache import PlanCache
    from graphmodel.query.questions import Question
    from graphmodel.sources.base import CaseInput
    from graphmodel.store.case_file import CaseFile
    from graphmodel.texts import Language

Progress: TypeAlias = "Callable[[str], None]"
"""Called with the name of each step as it begins."""


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
        config: Configuration | None = None,
        untouched: bool = False,
    ) -> Case:
        """Open a case file, or read a folder of case tables (or one table) into a temporary one.

        `language` is that of reject reasons. UsageError: nothing there. InputError: unusable.

        Derived facts rest on the parameters of `config`; without one, on those of the file. They
        are derived again where these differ: in a copy, where the file may not be written or is to
        stay `untouched`.
        """
        given = Path(path)
        wanted = None if config is None else config.derive
        if given.suffix == SUFFIX:
            return cls._open_file(given, progress, wanted, untouched=untouched)
        case_input = _read(given, language, progress)
        with new_folder() as folder:
            stored = _store(case_input, folder / TEMPORARY_FILE, progress, wanted)
            return cls(stored, temporary=folder)

    @classmethod
    def _open_file(
        cls,
        path: Path,
        progress: Progress | None,
        wanted: DeriveParams | None,
        *,
        untouched: bool,
    ) -> Case:
        from graphmodel.store.case_file import CaseFile

        if not path.exists():
            msg = f"There is no case file {path.name}."
            raise UsageError(msg, hint="Check the path.")
        if not path.is_file():
            msg = f"{path.name} is no regular file."
            raise InputError(msg, hint="Name a case file.")
        is_writable = may_write(path) and not untouched
        case_file = CaseFile.open(path, read_only=not is_writable)
        try:
            wanted = wanted or _params_of(case_file)
            if not _is_derived_by(case_file, wanted):
                if not is_writable:
                    case_file.close()
                    return cls._open_copy(path, progress, wanted)
                _derive(case_file, progress, wanted)
            return cls(case_file)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            case_file.close()
            msg = f"{path.name} is damaged: what it says of its case cannot be read."
            raise InputError(msg, hint="Import the case again from its tables.") from error
        except BaseException:
            case_file.close()
            raise

    @classmethod
    def _open_copy(cls, path: Path, progress: Progress | None, wanted: DeriveParams) -> Case:
        """Open a temporary copy of a case file, derived by these parameters."""
        from graphmodel.store.case_file import CaseFile

        with new_folder() as folder:
            copy = folder / TEMPORARY_FILE
            shutil.copyfile(path, copy)
            log = path.with_name(path.name + ".wal")
            if log.is_file():
                shutil.copyfile(log, copy.with_name(copy.name + ".wal"))
            case_file = CaseFile.open(copy)
            try:
                _derive(case_file, progress, wanted)
                return cls(case_file, temporary=folder)
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
        config: Configuration | None = None,
    ) -> Case:
        """Read a case into a case file that is kept; an older one is replaced only at the end.

        Its derived facts rest on the parameters of `config`.
        """
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
        remove_parts(target)
        try:
            stored = _store(case_input, part, progress, None if config is None else config.derive)
            stored.settle()
            stored.close()
            remove_log(target)
            part.replace(target)
        except OSError as error:
            remove_case_file(part)
            msg = f"{target.name} could not be written: {error.strerror or 'no access'}."
            raise LimitError(msg, hint="Check the folder's rights and the free space.") from error
        except BaseException:
            remove_case_file(part)
            raise
        return cls(CaseFile.open(target))

    @property
    def is_temporary(self) -> bool:
        """Tell whether the case lies in a file of this run only."""
        return self._temporary is not None

    def derive_params(self) -> DeriveParams:
        """Return the parameters on which the derived facts rest."""
        return _params_of(self._case_file)

    def copy_derived(self, config: Configuration, progress: Progress | None = None) -> Case:
        """Return a temporary copy of this case, its facts derived by a configuration."""
        return self._open_copy(self._case_file.path, progress, config.derive)

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

    def flag(  # noqa: PLR0913 - each is a choice of its own, and all have defaults
        self,
        *,
        typologies: Sequence[str] | None = None,
        min_level: Level = Level.LEAD,
        since: str | None = None,
        rules: Mapping[str, Mapping[str, object]] | None = None,
        config: Configuration | None = None,
        graph: bool = True,
        keep: bool = True,
        progress: Progress | None = None,
    ) -> Report:
        """Run the typologies and return what they find; all findings are kept in the case file.

        `since` hides findings that surely ended before it; it never narrows the search. `rules`
        gives parameters by typology; `config` (see `findings.configuration`) also turns typologies
        off, sets weights, and has facts derived again where it says other parameters than those in
        force. Without `graph` the report carries no facts to draw; without `keep` the case file
        keeps what it has.
        """
        from graphmodel.findings.configuration import Configuration
        from graphmodel.findings.flagging import Choice, flag_case

        if config is not None and not _is_derived_by(self._case_file, config.derive):
            self._derive_again(config.derive, progress)
        choice = Choice(
            tuple(typologies or ()),
            min_level,
            since,
            dict(rules or {}),
            graph,
            config or Configuration(),
            keep,
        )
        return flag_case(self._case_file, self._engine, choice, progress)

    def _derive_again(self, wanted: DeriveParams, progress: Progress | None) -> None:
        from graphmodel.model.told_error import ToldUsageError

        if self._case_file.is_read_only:
            raise ToldUsageError(code="rules-read-only")
        self._engines.clear()
        _derive(self._case_file, progress, wanted)

    def trace(  # noqa: PLR0913 - each is a choice of its own, and all have defaults
        self,
        account: str,
        *,
        is_up: bool = False,
        batch: str | None = None,
        max_hops: int = 6,
        min_amount: str | None = None,
        since: str | None = None,
        until: str | None = None,
        within_days: int | None = None,
        max_rows: int = 1_000,
    ) -> Trace:
        """Follow money (or the goods of a batch) from an account, or back to where it came from.

        The limits are those of `graphmodel.derive.following.TraceChoice`. UsageError: no such
        account or batch, or a limit that is none.
        """
        from graphmodel.derive.following import TraceChoice, follow

        choice = TraceChoice(
            account, is_up, batch, max_hops, min_amount, since, until, within_days, max_rows
        )
        return follow(self._engine(), choice, currency=self.currency, timezone=self.timezone)

    def push(
        self, driver: Driver, login: Login, name: str, *, progress: Progress | None = None
    ) -> Pushed:
        """Make a Neo4j server hold exactly what the case holds, under a label of its name.

        EngineError: the server does not answer, or does not hold at the end what it should.
        """
        from graphmodel.query.engines.neo4j_push import push_case

        return push_case(driver, login, self._case_file, name, progress or (lambda _: None))

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


def _store(
    case_input: CaseInput, path: Path, progress: Progress | None, wanted: DeriveParams | None
) -> CaseFile:
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
    told = progress or (lambda _: None)
    told("case file")
    case_file = CaseFile.create(
        path, case_input.facts, meta, record_digests=case_input.record_digests
    )
    try:
        told("digest")
        case_file.set_meta({"digest": case_file.digest()})
        _derive(case_file, progress, wanted)
    except BaseException:
        case_file.close()
        remove_case_file(path)
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


def _params_of(case_file: CaseFile) -> DeriveParams:
    """Return the parameters on which the derived facts of a file rest.

    Those that this version no longer knows, or no longer takes, have their defaults.
    """
    from graphmodel.derive.runner import DeriveParams

    kept = case_file.meta().get("derive_params")
    try:
        return DeriveParams.model_validate(kept or {})
    except ValueError:
        return DeriveParams()


def _is_derived_by(case_file: CaseFile, wanted: DeriveParams) -> bool:
    from graphmodel.derive.runner import derive_version

    return case_file.meta().get("derived_by") == derive_version(wanted)


def _derive(
    case_file: CaseFile, progress: Progress | None, wanted: DeriveParams | None = None
) -> None:
    from graphmodel.derive.runner import DeriveParams, derive, derive_version

    params = wanted or DeriveParams()
    engine = _engine_of(case_file, _plans_of(case_file))
    # a run that is killed leaves a file that says that it has to be derived again
    case_file.set_meta({"derived_by": ""})
    truncated = derive(case_file, engine, params, progress=progress)
    case_file.keep_degrees()
    case_file.set_meta(
        {
            "derived_by": derive_version(params),
            "derive_params": params.model_dump(),
            "truncated": truncated,
        }
    )
