"""The jar of the openCypher TCK, fetched by Maven where the network is required, or a skip."""

from __future__ import annotations

from graphmodel.query.engines.jars import NoJarsError, jar_folder
from tests.conformance.tck.scenarios import Archive
from tests.needs import absent, is_required

VERSION = "1.0.0-M23"


def tck_archive() -> Archive:
    """Return the TCK, or skip."""
    try:
        folder = jar_folder("org.opencypher", "tck", VERSION, fetch=is_required("network"))
    except NoJarsError as error:
        absent("network", str(error))
    return Archive(folder / f"tck-{VERSION}.jar")
