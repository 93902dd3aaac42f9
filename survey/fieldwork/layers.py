"""A picture of who named whom: one column for each snowball wave, so that naming reads from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from survey.fieldwork.provenance import Edge, Graph, Node

#: In the units of the picture: a name, the space between two columns, a row, and what stands above the first.
NAME, GAP, ROW, TOP, EDGE = 200, 80, 26, 44, 10
#: Characters of a name that fit its column; the whole name is in its title and in the table.
FITS = 24
#: How often the columns are put in order after one another: more changes little (Sugiyama, Tagawa and Toda, 1981).
SWEEPS = 6


class Spot(NamedTuple):
    """Where an organisation is drawn: the upper left corner of its name."""

    node: Node
    x: int
    y: int

    @property
    def label(self) -> str:
        name = self.node.name
        return name if len(name) <= FITS else name[: FITS - 1].rstrip() + "…"


class Line(NamedTuple):
    """A naming, and the path that is drawn for it."""

    edge: Edge
    path: str


@dataclass(frozen=True)
class Picture:
    """Columns by wave, with the left side of each; names, lines, and the size of the whole."""

    columns: Sequence[tuple[int, int]]
    spots: Sequence[Spot]
    lines: Sequence[Line]
    width: int
    height: int


def picture(graph: Graph) -> Picture:
    """Each wave a column, and in each the organisations near those that named them, so that few lines cross."""
    columns = ordered(graph)
    left = {wave: EDGE + n * (NAME + GAP) for n, wave in enumerate(columns)}
    tallest = max((len(nodes) for nodes in columns.values()), default=0)
    spots = [
        Spot(node, left[wave], TOP + round((at + (tallest - len(nodes)) / 2) * ROW))
        for wave, nodes in columns.items()
        for at, node in enumerate(nodes)
    ]
    at = {spot.node.id: spot for spot in spots}
    lines = [Line(edge, path(at[edge.source], at[edge.target])) for edge in graph.edges if at.keys() >= {*edge[:2]}]
    width = 2 * EDGE + len(columns) * NAME + max(len(columns) - 1, 0) * GAP + GAP // 2
    return Picture(list(left.items()), spots, lines, width, TOP + tallest * ROW + EDGE)


def ordered(graph: Graph) -> dict[int, list[Node]]:
    """The organisations of each wave, each column in the order of the middles of what its organisations are tied to."""
    columns: dict[int, list[Node]] = {}
    for node in graph.nodes:
        columns.setdefault(node.wave, []).append(node)
    tied: dict[int, list[int]] = {node.id: [] for node in graph.nodes}
    for edge in graph.edges:
        if edge.source in tied and edge.target in tied:
            tied[edge.source].append(edge.target)
            tied[edge.target].append(edge.source)
    wave_of = {node.id: node.wave for node in graph.nodes}
    waves = sorted(columns)
    for sweep in range(SWEEPS):
        place = {node.id: n / len(nodes) for nodes in columns.values() for n, node in enumerate(nodes)}
        for wave in waves[1:] if sweep % 2 == 0 else waves[-2::-1]:
            columns[wave] = _by_middle(columns[wave], tied, wave_of, place)
            place |= {node.id: n / len(columns[wave]) for n, node in enumerate(columns[wave])}
    return columns


def _by_middle(
    nodes: Sequence[Node], tied: Mapping[int, Sequence[int]], wave_of: Mapping[int, int], place: Mapping[int, float]
) -> list[Node]:
    def middle(node: Node) -> float:
        others = [place[other] for other in tied[node.id] if wave_of[other] != node.wave]
        return sum(others) / len(others) if others else place[node.id]

    return sorted(nodes, key=middle)


def path(source: Spot, target: Spot) -> str:
    """A curve from the side of one name to the side of the other; around the right of the column within one wave."""
    half = (ROW - 6) // 2
    y, to = source.y + half, target.y + half
    if source.x == target.x:
        x, bend = source.x + NAME, min(24 + abs(to - y) // 6, GAP // 2 - 4)
        return f"M{x} {y}C{x + bend} {y} {x + bend} {to} {x} {to}"
    forward = source.x < target.x
    x = source.x + NAME if forward else source.x
    end = target.x if forward else target.x + NAME
    bend = GAP // 2 if forward else -GAP // 2
    return f"M{x} {y}C{x + bend} {y} {end - bend} {to} {end} {to}"
