"""Other programs for W1, named by a path on the command line: prototypes and public searches.

`nbrj.py` and `ub.cpp` of a folder of prototypes are copied beside the kept graphs, so that nothing
is written into their folder; `ub.cpp` needs g++. A search that is an executable gets the graph in a
file: "payer payee time" lines, or "payer,payee,time" with accounts numbered from 1.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import resource
import shutil
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.bench.measuring import Answer, Outside, answer_of_loops
from tests.bench.workloads import LONGEST, Contender, Setting, from_arrays, loop_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from numpy.typing import NDArray

    from tests.bench.workloads import Work

    Array = NDArray[Any]

_LENGTHS = 20
"""Lengths that ub.cpp counts; the last stands for all longer ones."""
_ROUNDS = 4
_BY_LENGTH = re.compile(r"^\s*(\d+)\s*,\s*(\d+)\s*$", re.MULTILINE)
_TOTAL = re.compile(r"^\s*Total\s*,\s*(\d+)", re.MULTILINE)
_READING = re.compile(r"Graph read time[^\d]*([\d.]+)")
_CYCLES = re.compile(r"cycle[^\n]*?(\d+)\s*$|(\d+)\s*cycles?", re.MULTILINE | re.IGNORECASE)


def numba_prototype(folder: Path) -> Contender:
    """Return `rj` of nbrj.py: loops of at most six payments; it is timed without giving them."""

    def work(setting: Setting, *, emit: bool) -> Any:  # noqa: ANN401 - what the prototype returns
        module = _module(folder / "nbrj.py", setting.folder)
        g = setting.graph
        columns = g.payer, g.payee, g.time.astype(np.int32), g.accounts
        return module.rj(*columns, setting.width_s, LONGEST, setting.threads, _ROUNDS, emit)

    def answer(result: Any) -> Answer:  # noqa: ANN401 - what the prototype returns
        if not any(len(part) for part in result[5]):
            lengths = enumerate(result[1].tolist())
            return Answer(result[0], {length: count for length, count in lengths if count})
        return answer_of_loops(from_least(records(np.concatenate(result[5]))))

    counting, emitting = partial(work, emit=False), partial(work, emit=True)
    return Contender("nbrj.py", from_arrays(counting), answer, complete=from_arrays(emitting))


def _module(file: Path, folder: Path) -> ModuleType:
    """Load a prototype from a copy of it, once."""
    name = f"prototype_{file.stem}"
    if name not in sys.modules:
        copy = folder / file.name
        shutil.copyfile(file, copy)
        spec = importlib.util.spec_from_file_location(name, copy)
        if spec is None or spec.loader is None:
            sys.exit(f"{file} cannot be loaded as Python")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def records(flat: Array) -> Array:
    """Return length-prefixed loops as rows filled up with -1."""
    places, at = [], 0
    values = flat.tolist()
    while at < len(values):
        places.append(at)
        at += values[at] + 1
    start = np.append(np.array(places), len(flat)) - np.arange(len(places) + 1)
    kept = np.ones(len(flat), bool)
    kept[places] = False
    return loop_rows(start, flat[kept])


def from_least(rows: Array) -> Array:
    """Turn loops so that each begins at its earliest payment: numbers rise with time."""
    if not rows.size:
        return rows
    lengths = (rows >= 0).sum(axis=1)[:, None]
    first = np.where(rows >= 0, rows, np.iinfo(np.int64).max).argmin(axis=1)[:, None]
    places = np.arange(rows.shape[1])
    turned = np.take_along_axis(rows, (first + places) % lengths, axis=1)
    return np.where(places < lengths, turned, -1)


def native_prototype(folder: Path) -> Contender:
    """Return `ub` of ub.cpp: loops of any length, counted by length."""

    @contextmanager
    def opened(setting: Setting) -> Iterator[Work]:
        library = ctypes.CDLL(str(_compiled(folder, setting.folder)))
        library.ub.restype = ctypes.c_int64
        g = setting.graph
        columns = [np.ascontiguousarray(c, np.int32) for c in (g.payer, g.payee, g.time)]
        yield partial(_reach, library, columns, g.accounts, setting)

    return Contender("ub.cpp", opened, _counted)


def _counted(by_length: Array) -> Answer:
    # one number stands for all lengths from the last on, which is no length of its own
    known = dict(enumerate(by_length.tolist())) if not by_length[-1] else {}
    return Answer(int(by_length.sum()), {length: count for length, count in known.items() if count})


def _reach(library: ctypes.CDLL, columns: list[Array], accounts: int, setting: Setting) -> Array:
    def pointer(values: Array) -> ctypes.c_void_p:
        return ctypes.c_void_p(values.ctypes.data)

    by_length = np.zeros(_LENGTHS, np.int64)
    times, told = np.zeros(4), np.zeros(4, np.int64)
    library.ub(
        ctypes.c_int64(len(columns[0])),
        ctypes.c_int32(accounts),
        *map(pointer, columns),
        ctypes.c_int32(setting.width_s),
        ctypes.c_int(setting.threads),
        ctypes.c_int(_ROUNDS),
        *map(pointer, (by_length, times, told)),
    )
    return by_length


def _compiled(source: Path, folder: Path) -> Path:
    """Compile ub.cpp, which includes rj.cpp, where it was not yet."""
    made = folder / "libub.so"
    names = ("ub.cpp", "rj.cpp")
    newest = max((source / name).stat().st_mtime for name in names)
    if not made.exists() or made.stat().st_mtime < newest:
        for name in names:
            shutil.copyfile(source / name, folder / name)
        flags = ["-O3", "-march=native", "-std=c++17", "-shared", "-fPIC", "-pthread"]
        command = ["g++", *flags, str(folder / "ub.cpp"), "-o", str(made)]
        subprocess.run(command, check=True)
    return made


def prototypes(folder: Path) -> list[tuple[str, Contender]]:
    """Return (workload, contender) of the prototypes that are there and can run."""
    found = []
    if (folder / "nbrj.py").exists():
        found.append(("W1", numba_prototype(folder)))
    if (folder / "ub.cpp").exists() and shutil.which("g++"):
        found.append(("W1any", native_prototype(folder)))
    return found


def parallel_cycles(program: Path, algorithm: int) -> Contender:
    """Return the search of parallel-cycle-enumeration with one of its algorithms, by number."""

    @contextmanager
    def opened(setting: Setting) -> Iterator[Work]:
        file = _edges(setting, " ", first_account=0)
        options = {"-f": file, "-algo": algorithm, "-tws": setting.width_s, "-n": setting.threads}
        yield partial(_run, program, options)

    name = f"parallel-cycle-enumeration, {algorithm}"
    return Contender(name, opened, partial(read_counts, name), needs_arrays=False)


def dynamic_cycle(program: Path, algorithm: int) -> Contender:
    """Return the search of DynamicCycle; its reading is counted, since it does not tell it."""

    @contextmanager
    def opened(setting: Setting) -> Iterator[Work]:
        file = _edges(setting, ",", first_account=1)
        result = setting.folder / "dynamic-cycle-result.txt"
        result.unlink(missing_ok=True)
        accounts, payments = _sizes(file)
        options = {"-i": file, "-n": accounts, "-m": payments, "-t": 2, "-w": setting.width_s}
        yield partial(_run, program, {**options, "-a": algorithm, "-e": result}, result)

    name = f"DynamicCycle, {algorithm}"
    return Contender(name, opened, partial(read_counts, name), needs_arrays=False)


def _edges(setting: Setting, delimiter: str, *, first_account: int) -> Path:
    """Write the graph for other programs, where it was not yet; sizes lie in a file beside it."""
    import pyarrow as pa
    from pyarrow import csv

    file = setting.folder / f"{setting.tag}-seed{setting.seed}-from{first_account}.txt"
    if not file.exists():
        g = setting.graph
        ends = [pa.array(end + np.int32(first_account)) for end in (g.payer, g.payee)]
        table = pa.table([*ends, pa.array(g.time)], names=["payer", "payee", "time"])
        fresh = file.with_suffix(".fresh")
        form = csv.WriteOptions(include_header=False, delimiter=delimiter)
        csv.write_csv(table, fresh, form)
        file.with_suffix(".sizes").write_text(f"{g.accounts} {len(g)}", encoding="ascii")
        fresh.replace(file)
    return file


def _sizes(file: Path) -> tuple[int, int]:
    accounts, payments = file.with_suffix(".sizes").read_text(encoding="ascii").split()
    return int(accounts), int(payments)


def _run(program: Path, options: dict[str, object], result: Path | None = None) -> Outside:
    """Run a program to its end; the stack may grow as far as the system lets it."""
    words = [str(word) for option in options.items() for word in option]

    def widen() -> None:
        most = resource.getrlimit(resource.RLIMIT_STACK)[1]
        resource.setrlimit(resource.RLIMIT_STACK, (most, most))

    made = subprocess.run(
        [str(program), *words],
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
        preexec_fn=widen,
    )
    if made.returncode:
        sys.exit(f"{program} ended with {made.returncode}: {made.stderr[-300:]}")
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    text = made.stdout + (result.read_text("utf-8") if result and result.exists() else "")
    reading = _READING.search(text)
    return Outside(text, float(reading[1]) if reading else 0.0, peak_mb)


def read_counts(name: str, outside: Outside) -> Answer:
    """Read the count, by length where it stands so, from what a program printed."""
    by_length = {int(length): int(count) for length, count in _BY_LENGTH.findall(outside.text)}
    total = _TOTAL.search(outside.text)
    if total:
        return Answer(int(total[1]), by_length)
    told = [int(one or other) for one, other in _CYCLES.findall(outside.text)]
    if not told:
        sys.exit(
            f"{name}: no number of cycles in what it printed:{os.linesep}{outside.text[-500:]}"
        )
    return Answer(told[-1])
