"""Jars of a Java program, fetched once by Maven into the user's cache folder."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>graphmodel</groupId><artifactId>jars</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>
  </dependency></dependencies>
</project>
"""


class NoJarsError(Exception):
    """Why there are no jars, in one sentence."""


def jars_fetched(artifact: str, version: str) -> bool:
    """Tell whether the jars lie in the cache folder already."""
    library = user_cache_path("graphmodel") / f"{artifact}-{version}" / "lib"
    return (library / f"{artifact}-{version}.jar").is_file()


def jar_folder(group: str, artifact: str, version: str, *, fetch: bool) -> Path:
    """Return the folder of an artifact's jars and of what it needs, fetched once if allowed."""
    home = user_cache_path("graphmodel") / f"{artifact}-{version}"
    library = home / "lib"
    if (library / f"{artifact}-{version}.jar").is_file():
        return library
    maven = shutil.which("mvn")
    if not fetch or not maven:
        reason = f"{artifact} {version} has not been fetched yet (Maven fetches it: mvn)"
        raise NoJarsError(reason)
    home.mkdir(parents=True, exist_ok=True)
    # a fetch that was cut short must not look like a whole one, and two must not meet
    with tempfile.TemporaryDirectory(dir=home, prefix="fetch-") as partial:
        pom = _POM.format(group=group, artifact=artifact, version=version)
        Path(partial, "pom.xml").write_text(pom, encoding="utf-8")
        command = [maven, "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime"]
        done = subprocess.run(  # noqa: S603 (Maven of this machine, no shell)
            [*command, f"-DoutputDirectory={partial}/lib"],
            cwd=partial,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            reason = f"Maven could not fetch {artifact} {version} (exit code {done.returncode})"
            raise NoJarsError(reason)
        if not (library / f"{artifact}-{version}.jar").is_file():
            shutil.rmtree(library, ignore_errors=True)
            Path(partial, "lib").replace(library)
    return library
