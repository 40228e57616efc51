"""The report that a case file keeps, with the names and masks it needs to be shown.

A kept report has no graph; the names of its roles are read again, and so are handles and identifier
values that occur in its sentences.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphmodel.cli.masking import HANDLES, VALUES, found_in
from graphmodel.cli.outputs import json_text
from graphmodel.model.subgraph import NodeFact, SubGraph

if TYPE_CHECKING:
    from graphmodel.case import Case
    from graphmodel.model.report import Report

SECRET = {"Account": "handle", "Identifier": "value"}
NAMED = {"Person": "name", "Persona": "name", "Batch": "label", "Source": "title"}


def kept_report(case: Case) -> Report | None:
    """Return the report of the last full search, or None where none is kept."""
    report = case.findings()
    return None if report is None else replace(report, graph=names_of(case, report))


def names_of(case: Case, report: Report) -> SubGraph:
    """Return the nodes that a report names: those of its roles, and what must be masked in it."""
    ids = sorted({id_ for f in report.findings for ids in f.roles.values() for id_ in ids})
    graph = SubGraph()
    for label, property_ in NAMED.items():
        query = f"MATCH (n:{label}) WHERE n.id IN $ids RETURN n.id AS id, n.{property_} AS name"
        for id_, name in case.query(query, {"ids": ids}).rows:
            graph.nodes[label, str(id_)] = NodeFact(label, str(id_), {property_: name})
    said = json_text([report.to_json("zh"), report.to_json("en")])
    for label, query in (("Account", HANDLES), ("Identifier", VALUES)):
        property_ = SECRET[label]
        secrets = [str(value) for (value,) in case.query(query).rows]
        for number, secret in enumerate(found_in(said, secrets)):
            id_ = f"secret-{number}"
            graph.nodes[label, id_] = NodeFact(label, id_, {property_: secret})
    return graph
