# SPDX-License-Identifier: BSD-2-Clause
"""The report's flow matrix: who can affect whose data, over the closure of the authority graph, and the `forbid` rules."""

from . import graph
from .explain import explain
from .report_html import cell, element, line_link, section, table


def between(chain):
    return ", ".join(edge.target for edge in chain[:-1])


def verdict(answer):
    """(class, words) of one pair."""
    if answer.chain and len(answer.chain) == 1:
        return "direct", "directly"
    if answer.chain:
        return "through", f"through {between(answer.chain)}"
    if answer.through_servers:
        return "trusted", f"only through {between(answer.through_servers)}"
    return "no", "no"


def holds(edges, rule):
    return graph.chain(edges, rule.source, rule.target, rule.trust) is None


def rule_marks(system, edges, source, target):
    """The ticks of the rules about a pair."""
    for rule in system.forbids:
        if (rule.source, rule.target) == (source, target):
            line = system.place(rule).line
            mark, kind, words = ("✓", "holds", "rule holds") if holds(edges, rule) else ("✗", "broken", "rule broken")
            yield element("a", f"{mark} {words}, line {line}", href=f"#line-{line}", class_=f"rule {kind}")


def pair(system, edges, source, target):
    if source == target:
        return cell("itself", class_="self")
    kind, words = verdict(explain(system, source, target))
    return cell(element("span", words), *rule_marks(system, edges, source, target), class_=kind, data_from=source, data_to=target)


def matrix(system, edges):
    names = [partition.name for partition in system.partitions]
    rows = [[source, *(pair(system, edges, source, target) for target in names)] for source in names]
    return table("Can the row's partition affect the data of the column's?", ["from ↓ to →", *names], rows, class_="matrix")


def rule_row(system, edges, rule):
    chain = graph.chain(edges, rule.source, rule.target, rule.trust)
    result = cell(f"✗ broken: {graph.say(chain)}", class_="broken") if chain else cell("✓ holds", class_="holds")
    return [f"{rule.source} must not influence {rule.target}", result, ", ".join(rule.trust) or "nobody", line_link(system, rule)]


def rules(system, edges):
    if not system.forbids:
        return element("p", "The description has no forbid rules.")
    rows = [rule_row(system, edges, rule) for rule in system.forbids]
    return table("The forbid rules", ["rule", "on this graph", "trusted to keep apart what passes through", "line"], rows)


def sentences(system):
    """Every pair in words, time included."""
    names = [partition.name for partition in system.partitions]
    pairs = [(source, target) for source in names for target in names if source != target]
    items = [element("li", element("strong", f"{source} to {target}: "), " ".join(explain(system, source, target).sentences)) for source, target in pairs]
    return element("details", element("summary", f"All {len(pairs)} pairs in words: data, time, and the machine's end"), element("ul", *items))


def make(system):
    """The section."""
    edges = graph.edges(system)
    note = ("Chains of any length count. “Only through” a server means as long as that server keeps apart what passes through it, which it is "
            "believed to do. A device that can read and write memory by itself (DMA) is counted as an edge between its owner and everybody.")
    return section("flow", "Flow", matrix(system, edges), element("p", note), rules(system, edges), sentences(system))
