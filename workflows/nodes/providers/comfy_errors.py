"""What a runner says against a graph, in our words: which node, which input, which of our ports."""

from __future__ import annotations

from workflows.errors import GraphRejected, InvalidBody, RunnerFailed
from workflows.graph import comfy_format
from workflows.graph.node_ports import declared_rows
from workflows.nodes.runner import Refused, Runner
from workflows.types import Json, JsonObject

#: Refused nodes that are reported in full.
MOST_NODES = 50


def unfit(error: InvalidBody, data: JsonObject) -> GraphRejected:
    """Return the error of a graph or value that cannot be submitted as it is."""
    facts = error.context
    field = facts.get("field")
    if field not in {row["name"] for row in declared_rows(data.get("inputs"), ())}:
        field = blamed(data, facts.get("node"), facts.get("input"))
    return GraphRejected(
        error.message,
        field=field,
        value=facts.get("value"),
        expected=facts.get("expected"),
        cause={"node": facts.get("node"), "input": facts.get("input")},
    )


def blamed(data: JsonObject, node: Json, input: Json) -> str:
    """Find the port whose value goes to an input of the graph; else the graph is to blame."""
    try:
        found = comfy_format.placeholders(data.get("graph"))
    except InvalidBody:
        found = []
    keys = {one.key for one in found if (one.node, one.input) == (node, input)}
    for row in declared_rows(data.get("inputs"), ()):
        target = row.get("target")
        if not isinstance(target, dict):
            continue
        if (target.get("node"), target.get("input")) == (node, input):
            return str(row["name"])
        if target.get("placeholder") in keys:
            return str(row["name"])
    return "graph"


def sentence(row: JsonObject) -> str:
    """Put what a runner says of one node into a sentence."""
    where = f"{row['node_type']} ({row['node']})" if row["node_type"] else f"node {row['node']}"
    input = f", {row['input']}" if row["input"] else ""
    return f"{where}{input}: {row['message'].rstrip('.') or 'refused'}."


def rejected(refused: Refused, runner: Runner, data: JsonObject) -> GraphRejected:
    """Turn a runner's refusal into an error that names node, input and our port."""
    first = refused.nodes[0] if refused.nodes else None
    said = " ".join(sentence(row) for row in refused.nodes[:5]) or refused.message
    nodes = list(refused.nodes[:MOST_NODES])
    cause: JsonObject = {"message": refused.message, "node_errors": nodes}
    if first is not None:
        cause |= {"node": first["node"], "node_type": first["node_type"], "input": first["input"]}
    return GraphRejected(
        f"The runner {runner.name} refused the graph: {said}",
        field=blamed(data, first["node"], first["input"]) if first else "graph",
        expected="a graph this runner can execute",
        cause=cause,
    )


def failed(error: JsonObject, runner: Runner) -> RunnerFailed:
    """Turn the runner's account of a failed node into an error of ours."""
    id, type = error.get("node_id", ""), error.get("node_type", "")
    who = f"{type or 'A node'} ({id})" if id else "A node"
    what = error.get("exception_message") or error.get("exception_type") or "it gave no reason"
    cause = {
        "node": id,
        "node_type": type,
        "exception_type": error.get("exception_type", ""),
        "exception_message": error.get("exception_message", ""),
    }
    if error.get("traceback"):
        cause["traceback"] = error["traceback"]
    return RunnerFailed(
        f"{who} failed on the runner {runner.name}: {what}",
        field="graph",
        expected="a graph that runs to its end",
        cause=cause,
    )
