import Flatbush from 'flatbush';
import type { City } from './city.ts';
import { buildRoadGraph, type RoadGraph } from './road-graph.ts';
import { shortestPath } from './shortest-path.ts';
import { at, type LngLat, metresBetween, metresPerUnit, toLngLat, toWorld } from './world.ts';

export type Position = [lng: number, lat: number];

export type Route = {
  /** Metres along the roads, and seconds at their usual speeds. */
  distance: number;
  duration: number;
  /** From the road's point nearest to the start to the one nearest to the end. */
  geometry: { type: 'LineString'; coordinates: Position[] };
  /** `city.roads` taken, in order: what the route's directions would be made from. */
  roads: number[];
};

/** A point of a road where traffic can start or end, and how many metres it is away from what was asked for. */
export type Snap = { location: LngLat; distance: number; road: number; edges: SnapEdge[] };
/** The stretch through the point, once a direction that is allowed; `share` of it lies before the point. */
type SnapEdge = { edge: number; share: number };

export type Router = {
  /** The nearest point of a road that leads anywhere, or undefined beyond 2 km. */
  snap(location: LngLat): Snap | undefined;
  /** The fastest way by car; one-way streets are kept to. Undefined when there is none. */
  route(from: Snap, to: Snap): Route | undefined;
};

const SNAP_METRES = 2_000;
/** Boxes are searched nearest first, but a diagonal street can be further from the point than its box is. */
const SNAP_CANDIDATES = 24;

/** Builds the graph and its index (about 0.3 s). A route across the city takes some 5 ms. */
export function createRouter(city: City): Router {
  const graph = buildRoadGraph(city);
  const usable = [...graph.edgeTo.keys()].filter((e) => isUsable(graph, e));
  const index = new Flatbush(usable.length);
  for (const e of usable) {
    const [from, to] = [at(graph.edgeFrom, e), at(graph.edgeTo, e)];
    const [x0, y0, x1, y1] = [at(graph.x, from), at(graph.y, from), at(graph.x, to), at(graph.y, to)];
    index.add(Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1));
  }
  index.finish();
  return {
    snap(location) {
      const [x, y] = toWorld(location);
      const near = index.neighbors(x, y, SNAP_CANDIDATES, SNAP_METRES / metresPerUnit(y));
      return snapTo(
        graph,
        near.map((i) => at(usable, i)),
        x,
        y,
      );
    },
    route: (from, to) => findRoute(graph, from, to),
  };
}

function isUsable({ isMain, edgeFrom, edgeTo }: RoadGraph, e: number): boolean {
  return isMain[at(edgeFrom, e)] === 1 && isMain[at(edgeTo, e)] === 1;
}

function snapTo(graph: RoadGraph, edges: number[], x: number, y: number): Snap | undefined {
  const near = edges.map((edge) => ({ edge, ...project(graph, edge, x, y) }));
  const nearest = near.reduce((a, b) => (b.metres < a.metres ? b : a), near[0] ?? NOTHING);
  if (nearest === NOTHING || nearest.metres > SNAP_METRES) return undefined;
  const { edgeFrom, edgeTo, edgeRoad } = graph;
  const opposite = (other: number) =>
    edgeFrom[other] === edgeTo[nearest.edge] && edgeTo[other] === edgeFrom[nearest.edge];
  return {
    location: toLngLat(nearest.x, nearest.y),
    distance: nearest.metres,
    road: at(edgeRoad, nearest.edge),
    edges: near
      .filter(({ edge }) => edge === nearest.edge || opposite(edge))
      .map(({ edge, share }) => ({ edge, share })),
  };
}

const NOTHING = { edge: -1, x: 0, y: 0, share: 0, metres: Infinity };

function project({ x, y, edgeFrom, edgeTo }: RoadGraph, edge: number, px: number, py: number) {
  const [from, to] = [at(edgeFrom, edge), at(edgeTo, edge)];
  const [dx, dy] = [at(x, to) - at(x, from), at(y, to) - at(y, from)];
  const along = ((px - at(x, from)) * dx + (py - at(y, from)) * dy) / (dx * dx + dy * dy);
  const share = Math.min(1, Math.max(0, along));
  const [nx, ny] = [at(x, from) + dx * share, at(y, from) + dy * share];
  return { x: nx, y: ny, share, metres: metresBetween(px, py, nx, ny) };
}

function findRoute(graph: RoadGraph, from: Snap, to: Snap): Route | undefined {
  const { edgeFrom, edgeTo, edgeMetres, edgeSeconds, edgeRoad } = graph;
  const direct = alongOneEdge(graph, from, to);
  if (direct) return direct;
  const path = shortestPath(
    graph,
    from.edges.map(({ edge, share }) => ({
      node: at(edgeTo, edge),
      cost: at(edgeSeconds, edge) * (1 - share),
      edge,
    })),
    to.edges.map(({ edge, share }) => ({
      node: at(edgeFrom, edge),
      cost: at(edgeSeconds, edge) * share,
      edge,
    })),
  );
  if (!path) return undefined;
  const first = from.edges.find(({ edge }) => edge === path.first);
  const last = to.edges.find(({ edge }) => edge === path.last);
  if (!first || !last) return undefined;
  let distance = at(edgeMetres, first.edge) * (1 - first.share) + at(edgeMetres, last.edge) * last.share;
  for (const edge of path.between) distance += at(edgeMetres, edge);
  const nodes = [at(edgeTo, first.edge), ...path.between.map((edge) => at(edgeTo, edge))];
  const edges = [first.edge, ...path.between, last.edge];
  return {
    distance,
    duration: path.cost,
    geometry: lineThrough(graph, from, nodes, to),
    roads: edges.map((edge) => at(edgeRoad, edge)).filter((road, i, all) => road !== all[i - 1]),
  };
}

/** Both ends on the same stretch, and the end lies ahead: no search is needed. */
function alongOneEdge(graph: RoadGraph, from: Snap, to: Snap): Route | undefined {
  for (const { edge, share } of from.edges) {
    const end = to.edges.find((other) => other.edge === edge && other.share >= share);
    if (!end) continue;
    return {
      distance: at(graph.edgeMetres, edge) * (end.share - share),
      duration: at(graph.edgeSeconds, edge) * (end.share - share),
      geometry: lineThrough(graph, from, [], to),
      roads: [at(graph.edgeRoad, edge)],
    };
  }
  return undefined;
}

function lineThrough(graph: RoadGraph, from: Snap, nodes: number[], to: Snap): Route['geometry'] {
  const coordinates = [
    position(from.location),
    ...nodes.map((n) => position(toLngLat(at(graph.x, n), at(graph.y, n)))),
    position(to.location),
  ];
  const distinct = coordinates.filter(([lng, lat], i) => {
    const before = coordinates[i - 1];
    return !before || before[0] !== lng || before[1] !== lat;
  });
  // A line has two positions, even of a route that stays where it is.
  return { type: 'LineString', coordinates: distinct.length > 1 ? distinct : coordinates.slice(0, 2) };
}

/** Six decimals are 0.1 m, as OSRM gives them. */
function position({ lng, lat }: LngLat): Position {
  return [Math.round(lng * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6];
}
