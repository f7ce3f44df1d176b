"""Who works with whom: actors and ties from shared initiatives, tri-sector work, brokers, links that are missing."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import pandas as pd

from analytics.names import N_

SECTORS = (N_("public"), N_("non-profit"), N_("private"))


def network(initiatives: pd.DataFrame) -> nx.Graph:
    """Actors tied by the initiatives they share.

    initiatives: name, city, topic, partners (list of name, sector, role). Nodes carry sector, city and initiatives;
    ties carry weight (how many initiatives are shared) and initiatives.
    """
    graph = nx.Graph()
    for row in initiatives.to_dict("records"):
        for partner in row["partners"]:
            node = graph.nodes.get(partner["name"])
            if node is None:
                graph.add_node(partner["name"], sector=partner["sector"], city=row["city"], initiatives=[row["name"]])
            elif row["name"] not in node["initiatives"]:
                node["initiatives"].append(row["name"])
        for first, second in combinations(sorted({partner["name"] for partner in row["partners"]}), 2):
            shared = graph.get_edge_data(first, second, {"initiatives": []})["initiatives"]
            graph.add_edge(first, second, initiatives=[*shared, row["name"]], weight=len(shared) + 1)
    return graph


def tri_sector(initiatives: pd.DataFrame) -> dict[str, float]:
    """Share of initiatives with partners of all three sectors, and of each sector, where the partners are known."""
    sectors = _sectors(initiatives)
    known = sectors[sectors.map(len) > 0]
    three = float(known.map(lambda names: set(SECTORS) <= names).mean()) if len(known) else float("nan")
    counts = {"known": float(len(known)), "of": float(len(initiatives)), "tri_sector": three}
    return counts | _sector_shares(known)


def _sectors(initiatives: pd.DataFrame) -> pd.Series:
    """The sectors of each initiative's partners."""
    return initiatives["partners"].map(lambda partners: {partner["sector"] for partner in partners})


def _sector_shares(sectors: pd.Series) -> dict[str, float]:
    """The share of initiatives that each sector takes part in."""
    return {
        sector: float(sectors.map(lambda names, s=sector: s in names).mean()) if len(sectors) else float("nan")
        for sector in SECTORS
    }


def actors(graph: nx.Graph) -> pd.DataFrame:
    """Every actor: name, sector, city, initiatives (how many), ties, brokerage, sectors_bridged, group.

    brokerage: betweenness, 0 to 1 (Freeman 1977). group: community by greedy modularity (Clauset, Newman & Moore 2004),
    largest first.
    """
    brokerage, groups = nx.betweenness_centrality(graph), [{node} for node in graph]
    if graph.number_of_edges():
        groups = nx.community.greedy_modularity_communities(graph, weight="weight")
    group = {node: rank for rank, members in enumerate(sorted(groups, key=len, reverse=True)) for node in members}
    columns = ["name", "sector", "city", "initiatives", "ties", "brokerage", "sectors_bridged", "group"]
    rows = []
    for node, about in graph.nodes(data=True):
        bridged = len({graph.nodes[other]["sector"] for other in graph[node]} - {about["sector"]})
        counts = (len(about["initiatives"]), graph.degree(node), brokerage[node], bridged, group[node])
        rows.append((node, about["sector"], about["city"], *counts))
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["brokerage", "ties", "name"], ascending=[False, False, True], ignore_index=True
    )


def missing_sectors(initiatives: pd.DataFrame) -> pd.DataFrame:
    """The share of each topic's initiatives that each sector takes part in: topic, sector, share, of (partners known).

    A share of 0 is a missing link.
    """
    known = initiatives[initiatives["partners"].map(len) > 0]
    rows = []
    for topic, part in known.groupby("topic"):
        rows += [(topic, sector, share, len(part)) for sector, share in _sector_shares(_sectors(part)).items()]
    return pd.DataFrame(rows, columns=["topic", "sector", "share", "of"])


def layout(graph: nx.Graph) -> pd.DataFrame:
    """Where to draw the actors: name, x, y, place (of its connected group).

    Each group is laid out by itself, the groups are set in rows of three, largest first, with room for names.
    """
    groups = sorted(nx.connected_components(graph), key=lambda members: (-len(members), min(members)))
    rows = []
    for place, members in enumerate(groups):
        part = nx.Graph()  # in the order of the names: a subgraph's own order changes from run to run
        part.add_nodes_from(sorted(members))
        part.add_edges_from(sorted(graph.subgraph(members).edges))
        places = nx.kamada_kawai_layout(part) if len(part) > 1 else {next(iter(part)): (0.0, 0.0)}
        left, down = 6.0 * (place % 3), -3.4 * (place // 3)
        rows += [(node, left + float(x), down + float(y), place) for node, (x, y) in places.items()]
    return pd.DataFrame(rows, columns=["name", "x", "y", "place"])
