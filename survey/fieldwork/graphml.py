"""Who named whom as a GraphML file, for programs that draw and measure networks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

from survey.fieldwork.provenance import Graph, Node

#: What a file says of each organisation, and of each naming: name of the attribute, its type, what gives it.
OF_A_NODE: tuple[tuple[str, str, Callable[[Node], object]], ...] = (
    ("organisation_id", "int", lambda node: node.id),
    ("name", "string", lambda node: node.name),
    ("region", "string", lambda node: node.region),
    ("type", "string", lambda node: node.kind),
    ("outcome", "string", lambda node: node.outcome),
    ("wave", "int", lambda node: node.wave),
    ("times_named", "int", lambda node: node.named),
)
GRAPHML = "http://graphml.graphdrawing.org/xmlns"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"


def written(graph: Graph) -> bytes:
    """The graph as GraphML 1.0 (Brandes, Eiglsperger and Lerner), in codes; what is not known is left out."""
    ET.register_namespace("", GRAPHML)
    ET.register_namespace("xsi", SCHEMA)
    root = ET.Element(f"{{{GRAPHML}}}graphml")
    root.set(f"{{{SCHEMA}}}schemaLocation", f"{GRAPHML} {GRAPHML}/1.0/graphml.xsd")
    for name, kind, _value in OF_A_NODE:
        _key(root, "node", name, kind)
    _key(root, "edge", "times", "int")
    drawn = ET.SubElement(root, f"{{{GRAPHML}}}graph", {"id": "snowball", "edgedefault": "directed"})
    for node in graph.nodes:
        one = ET.SubElement(drawn, f"{{{GRAPHML}}}node", {"id": f"n{node.id}"})
        for name, _kind, value in OF_A_NODE:
            if (said := value(node)) is not None:
                _data(one, name, said)
    for edge in graph.edges:
        ends = {"source": f"n{edge.source}", "target": f"n{edge.target}"}
        _data(ET.SubElement(drawn, f"{{{GRAPHML}}}edge", ends), "times", edge.times)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _key(root: ET.Element, of: str, name: str, kind: str) -> None:
    ET.SubElement(root, f"{{{GRAPHML}}}key", {"id": name, "for": of, "attr.name": name, "attr.type": kind})


def _data(of: ET.Element, name: str, value: object) -> None:
    ET.SubElement(of, f"{{{GRAPHML}}}data", {"key": name}).text = str(value)
