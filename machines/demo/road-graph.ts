import type { City, Road } from './city.ts';
import { at, metresBetween } from './world.ts';

/**
 * The roads as a directed graph. A node is a position where a road has a point; an edge is one straight stretch in one
 * direction that traffic may take. Edges are grouped by the node they leave: those of node `n` are
 * `firstEdge[n]` … `firstEdge[n + 1]`.
 */
export type RoadGraph = {
  x: Float64Array;
  y: Float64Array;
  firstEdge: Uint32Array;
  edgeFrom: Uint32Array;
  edgeTo: Uint32Array;
  /** Metres, and seconds at the road's usual speed. */
  edgeMetres: Float32Array;
  edgeSeconds: Float32Array;
  /** Index into `city.roads`. */
  edgeRoad: Uint32Array;
  /** 1 where traffic can come from everywhere and get everywhere: only there may a route start or end. */
  isMain: Uint8Array;
  /** Seconds a metre on the fastest edge: the bound for a search. */
  bestPace: number;
};

/** Limits are signed on most roads; these are for the others, in km/h. */
const LIMITS: Record<string, number> = {
  motorway: 110,
  trunk: 75,
  primary: 60,
  secondary: 45,
  tertiary: 45,
  residential: 45,
  living_street: 20,
  service: 20,
};
const DEFAULT_LIMIT = 40;
/** Traffic lights, corners and other traffic: what is left of a limit, on average, across a city. */
const SHARE_OF_LIMIT = 0.6;

/** Seconds a metre on a road. */
function pace({ highway, maxspeed }: Road): number {
  const limit = maxspeed ?? LIMITS[highway.replace('_link', '')] ?? DEFAULT_LIMIT;
  return 3.6 / (limit * SHARE_OF_LIMIT);
}

/**
 * Pieces are joined where they share a position: in the data that is a shared OSM node, or the point where a tile's
 * border cuts a way. A bridge has no position in common with what it crosses, so it is not joined.
 */
export function buildRoadGraph(city: City): RoadGraph {
  const ids = new Map<number, number>();
  const xs: number[] = [];
  const ys: number[] = [];
  const nodeAt = (x: number, y: number): number => {
    // Positions differ by less than 2^23 within a city: both fit one exact number.
    const key = (x - city.bounds[0] + 1) * 2 ** 26 + (y - city.bounds[1] + 1);
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, xs.length);
    ys.push(y);
    return xs.push(x) - 1;
  };
  const stretches: Stretch[] = [];
  for (const [road, { line, drivable, forward, backward }] of city.roads.entries()) {
    if (!drivable) continue;
    for (let i = 2; i < line.length; i += 2) {
      const from = nodeAt(at(line, i - 2), at(line, i - 1));
      const to = nodeAt(at(line, i), at(line, i + 1));
      if (from === to) continue;
      if (forward) stretches.push({ from, to, road });
      if (backward) stretches.push({ from: to, to: from, road });
    }
  }
  return pack(city, Float64Array.from(xs), Float64Array.from(ys), stretches);
}

type Stretch = { from: number; to: number; road: number };

function pack(city: City, x: Float64Array, y: Float64Array, stretches: Stretch[]): RoadGraph {
  stretches.sort((a, b) => a.from - b.from);
  const count = stretches.length;
  const graph: RoadGraph = {
    x,
    y,
    firstEdge: new Uint32Array(x.length + 1),
    edgeFrom: Uint32Array.from(stretches, ({ from }) => from),
    edgeTo: Uint32Array.from(stretches, ({ to }) => to),
    edgeRoad: Uint32Array.from(stretches, ({ road }) => road),
    edgeMetres: new Float32Array(count),
    edgeSeconds: new Float32Array(count),
    isMain: new Uint8Array(x.length),
    bestPace: Math.min(...city.roads.filter(({ drivable }) => drivable).map(pace)),
  };
  const paces = city.roads.map(pace);
  for (const [i, { from, to, road }] of stretches.entries()) {
    graph.firstEdge[from + 1] = i + 1;
    const metres = metresBetween(at(x, from), at(y, from), at(x, to), at(y, to));
    graph.edgeMetres[i] = metres;
    graph.edgeSeconds[i] = metres * at(paces, road);
  }
  for (let n = 1; n <= x.length; n++)
    graph.firstEdge[n] = Math.max(at(graph.firstEdge, n), at(graph.firstEdge, n - 1));
  markMain(graph);
  return graph;
}

/** The largest strongly connected part: what a node in the middle reaches and is reached from. */
function markMain(graph: RoadGraph): void {
  const reverse = reversedEdges(graph);
  let best = 0;
  const tried = new Uint8Array(graph.x.length);
  for (let seed = 0; seed < graph.x.length && best < graph.x.length / 2; seed++) {
    if (tried[seed]) continue;
    const out = reach(seed, graph.firstEdge, graph.edgeTo);
    const back = reach(seed, reverse.first, reverse.to);
    const part = out.map((reached, n) => reached & at(back, n));
    for (const [n, isIn] of part.entries()) if (isIn) tried[n] = 1;
    const size = part.reduce((sum, isIn) => sum + isIn, 0);
    if (size <= best) continue;
    best = size;
    graph.isMain.set(part);
  }
}

function reach(seed: number, first: Uint32Array, to: Uint32Array): Uint8Array {
  const seen = new Uint8Array(first.length - 1);
  const stack = [seed];
  seen[seed] = 1;
  for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
    for (let e = at(first, n); e < at(first, n + 1); e++) {
      const next = at(to, e);
      if (seen[next]) continue;
      seen[next] = 1;
      stack.push(next);
    }
  }
  return seen;
}

function reversedEdges({ x, edgeFrom, edgeTo }: RoadGraph): { first: Uint32Array; to: Uint32Array } {
  const first = new Uint32Array(x.length + 1);
  for (const n of edgeTo) first[n + 1] = at(first, n + 1) + 1;
  for (let n = 0; n < x.length; n++) first[n + 1] = at(first, n + 1) + at(first, n);
  const next = first.slice();
  const to = new Uint32Array(edgeTo.length);
  for (const [e, n] of edgeTo.entries()) {
    to[at(next, n)] = at(edgeFrom, e);
    next[n] = at(next, n) + 1;
  }
  return { first, to };
}
