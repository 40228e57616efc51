"""The files of the checkout, as the house tests look at them."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from functools import cache

from tests.needs import ROOT

PACKAGE = ROOT / "graphmodel"
MODULES = sorted(PACKAGE.rglob("*.py"))
CYPHER = ROOT / "cypher"
_NOT_OURS = {"__pycache__", "build", "dist", "wheelhouse"}


def name_of(path: os.PathLike[str] | str) -> str:
    """Return the path below the checkout, with forward slashes; test ids are made of it."""
    return os.path.relpath(path, ROOT).replace(os.sep, "/")


@cache
def syntax(name: str) -> ast.Module:
    """Return the syntax tree of a Python file named below the checkout."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), filename=name)


@cache
def tracked_files() -> tuple[str, ...]:
    """Return the names of all files that are or would be kept by git, without git by walking."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        names = done.stdout.decode("utf-8").split("\0")
        return tuple(sorted(name for name in names if name and (ROOT / name).is_file()))
    return tuple(sorted(_walk()))


def _walk() -> list[str]:
    """Return the names of all files but those of environments and caches."""
    names = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f == ".ci" or (f[0] != "." and f not in _NOT_OURS)]
        names += [name_of(os.path.join(folder, file)) for file in files]  # noqa: PTH118 - os.walk
    return names


def stems(folder: str, pattern: str) -> set[str]:
    """Return the stems in a folder of the checkout; those that begin with _ or . do not count."""
    found = (ROOT / folder).glob(pattern)
    return {path.stem for path in found if path.name[0] not in "_."}
