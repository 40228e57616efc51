"""Run every check with one command: `python3 tests/run.py`, from a bare Python 3.11 or newer.

Makes its own environment (.venv-test), installs the package with what the tests need, then runs
ruff, mypy, import-linter and pytest, and ends with 0 only if all passed. Without network it works
from a wheelhouse: set PIP_NO_INDEX=1 and PIP_FIND_LINKS=FOLDER.

    --require all     absent means failed, not skipped; also fetches a browser, a Neo4j server, the
                      openCypher TCK and Spark (or a list: neo4j,chromium,shared,network,spark)
    --long            long random searches, and the newest Neo4j beside 5.26 (GRAPHMODEL_LONG=1)
    -- ARGUMENTS      the rest goes to pytest: `-- tests/unit -k money`
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv-test"
STAMP = ENVIRONMENT / "installed.txt"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
REQUIREMENTS = ("neo4j", "chromium", "shared", "network", "spark")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OLDEST = (3, 11)


class SetupError(Exception):
    """What cannot be set up, and what to do about it, in one sentence."""


@dataclass(frozen=True)
class Wish:
    """What the caller asked for."""

    required: tuple[str, ...]
    long: bool
    pytest_arguments: tuple[str, ...]


@dataclass
class Results:
    """Outcome and duration of each step, in order."""

    rows: list[tuple[str, bool, float]] = field(default_factory=list)

    def run(self, name: str, command: list[str]) -> None:
        """Run one step from the checkout, show its output as it comes and keep its outcome."""
        say(f"── {name}")
        start = time.monotonic()
        code = subprocess.run(
            command, cwd=ROOT, env=child_environment(), stdin=subprocess.DEVNULL, check=False
        ).returncode
        self.rows.append((name, code == 0, time.monotonic() - start))

    def summary(self) -> int:
        """Print one line a step and return the exit code."""
        say("── summary")
        for name, passed, seconds in self.rows:
            say(f"{'passed' if passed else 'FAILED'}  {name}  {seconds:.0f} s")
        return 0 if all(passed for _, passed, _ in self.rows) else 1


def say(line: str) -> None:
    """Print a line in order with the output of the steps, on any console code page."""
    encoding = sys.stdout.encoding or "ascii"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)


def child_environment() -> dict[str, str]:
    """Return the environment of the steps: nothing of another Python, no questions asked."""
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return {**kept, **quiet, "DEBIAN_FRONTEND": "noninteractive"}


def parse_arguments(arguments: list[str]) -> Wish:
    """Turn the command line into a wish; a wrong one ends the program with code 2."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(
        prog="tests/run.py", description="Run every check of graphmodel."
    )
    parser.add_argument(
        "--require", default="", metavar="all|LIST", help=f"of {', '.join(REQUIREMENTS)}"
    )
    parser.add_argument("--long", action="store_true", help="long searches, more servers")
    options = parser.parse_args(arguments[:cut])
    wanted = options.require.split(",") if options.require else []
    required = REQUIREMENTS if "all" in wanted else tuple(wanted)
    for name in required:
        if name not in REQUIREMENTS:
            parser.error(f"--require knows {', '.join(REQUIREMENTS)} and all, not {name!r}")
    return Wish(required, options.long, tuple(arguments[cut + 1 :]))


def call(command: list[str], *, failure: str) -> None:
    """Run a step of the set-up; a failure is one sentence after its own output."""
    try:
        subprocess.run(
            command, cwd=ROOT, env=child_environment(), stdin=subprocess.DEVNULL, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(failure) from error


def install_package(required: tuple[str, ...]) -> None:
    """Make the environment and install the package with its test tools, unless that is done."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    settings = (ROOT / "pyproject.toml").read_bytes()
    extras = "test,spark" if "spark" in required else "test"
    stamp = f"{python} {ROOT} {hashlib.sha256(settings).hexdigest()}"
    before = STAMP.read_text(encoding="utf-8") if STAMP.is_file() else ""
    # what was installed with Spark serves a run that does not ask for it
    if before in {f"{stamp} {extras}", f"{stamp} test,spark"} and PYTHON.is_file():
        return
    say(f"── environment {ENVIRONMENT.name} (Python {python})")
    try:
        venv.create(ENVIRONMENT, with_pip=True, clear=before.split(" ")[:2] != stamp.split(" ")[:2])
    except (OSError, subprocess.CalledProcessError) as error:
        sentence = f"{ENVIRONMENT} cannot be made: this Python lacks its venv or ensurepip module."
        raise SetupError(sentence) from error
    call(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--editable", f".[{extras}]"],
        failure="pip cannot install the package and its test tools: it needs network, or a"
        " wheelhouse named by PIP_NO_INDEX=1 and PIP_FIND_LINKS=FOLDER.",
    )
    STAMP.write_text(f"{stamp} {extras}", encoding="utf-8")


def install_system_packages(required: tuple[str, ...]) -> None:
    """Install what a required browser, server or Spark needs and a bare machine lacks."""
    wanted: list[str] = []
    named = os.environ.get("GRAPHMODEL_CHROMIUM") or any(map(shutil.which, BROWSERS))
    if "chromium" in required and not named:
        wanted += ["chromium", "fonts-noto-cjk"]
    server = "neo4j" in required and not os.environ.get("NEO4J_URI")
    if (server or "spark" in required) and not shutil.which("java"):
        wanted.append("default-jre-headless")
    if (server or "network" in required) and not shutil.which("mvn"):
        wanted.append("maven")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not wanted or not shutil.which("apt-get") or not is_root:
        return  # the tests that need them say so themselves
    say(f"── system packages: {' '.join(wanted)}")
    failure = f"apt-get cannot install {' '.join(wanted)}: install them by hand, then run again."
    quiet = ["apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0"]
    call([*quiet, "update"], failure=failure)
    call([*quiet, "install", "--no-install-recommends", *wanted], failure=failure)


def check_everything(wish: Wish) -> int:
    """Run the linters, the types, the floors and the tests; return the exit code."""
    results = Results()
    python = str(PYTHON)
    results.run("ruff check", [python, "-m", "ruff", "check", "."])
    results.run("ruff format", [python, "-m", "ruff", "format", "--check", "."])
    results.run("mypy", [python, "-m", "mypy"])
    results.run("import-linter", [str(BIN / "lint-imports")])
    pytest = [python, "-m", "pytest", *(["--hypothesis-profile=long"] if wish.long else [])]
    # a file stays on one core, so that its fixtures (a server, a wheel) are made once
    shares = ["-n", "auto", "--dist", "loadfile"]
    results.run("pytest", [*pytest, *shares, *wish.pytest_arguments])
    return results.summary()


def main(arguments: list[str]) -> int:
    """Set up and check; return 0 if all passed, 1 if not, 2 for a wrong call or set-up."""
    wish = parse_arguments(arguments)
    if sys.version_info[:2] < OLDEST:
        say(f"tests/run.py needs Python 3.11 or newer, this is {sys.version.split()[0]}.")
        return 2
    os.environ["GRAPHMODEL_REQUIRE"] = ",".join(wish.required)
    os.environ["GRAPHMODEL_LONG"] = "1" if wish.long else ""
    try:
        install_package(wish.required)
        install_system_packages(wish.required)
    except SetupError as error:
        say(str(error))
        return 2
    return check_everything(wish)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
