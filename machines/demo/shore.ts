import type { OsmFeature } from './osm.ts';
import { reverse } from './streets.ts';
import { at, type Line, WORLD } from './world.ts';

/** How the coast runs on beyond the extract: Canelones lies further north the further east it is. */
const EAST_SLOPE = 0.25;
const UNTAGGED_PENALTY = 10;
const SHORE_SOURCES = new Set(['mvdgis', 'bing']);

/** A line that may be a stretch of the shore, and how readily it is believed (1 is best). */
export type ShoreCandidate = { line: Line; penalty: number };

/**
 * The shore of the Río de la Plata is a relation in OpenStreetMap, and relations are not in the data: what is left are
 * its members, lines without a tag of their own but a note or a source. Undefined when the feature is none of those.
 */
export function shoreCandidate({ shape, tags }: OsmFeature): { penalty: number } | undefined {
  if (shape !== 'line') return undefined;
  for (const key in tags) if (!key.startsWith('@') && key !== 'source' && key !== 'note') return undefined;
  const believed = tags.note?.includes('coastline') || SHORE_SOURCES.has(tags.source ?? '');
  return { penalty: believed ? 1 : UNTAGGED_PENALTY };
}

/**
 * The river as one ring: the cheapest way along the candidates from the westernmost end to the easternmost, closed
 * far beyond the southern edge. `edge` is the extract's border (west, north, east, south).
 */
export function seaRing(
  candidates: ShoreCandidate[],
  edge: [number, number, number, number],
): Line | undefined {
  const nodes = new Map<string, Node>();
  for (const candidate of candidates) link(nodes, candidate);
  const ends = [...nodes.values()].filter((node) => node.believed);
  const from = ends.reduce((a, b) => (b.x < a.x ? b : a), ends[0] ?? nowhere());
  const to = ends.reduce((a, b) => (b.x > a.x ? b : a), from);
  const shore = cheapestWay(nodes, from, to);
  if (!shore) return undefined;
  const [west, , east, south] = edge;
  const beyond = (east - west) * 4;
  const [lastX, lastY] = [at(shore, shore.length - 2), at(shore, shore.length - 1)];
  return [
    ...[west - beyond, at(shore, 1)],
    ...shore,
    ...[east + beyond, lastY - (east + beyond - lastX) * EAST_SLOPE],
    ...[east + beyond, south + beyond],
    ...[west - beyond, south + beyond],
    ...[west - beyond, at(shore, 1)],
  ];
}

type Node = { key: string; x: number; y: number; believed: boolean; ways: Way[]; cost: number; via?: Way };
type Way = { from: string; to: string; line: Line; cost: number };

function nowhere(): Node {
  return { key: '', x: WORLD, y: WORLD, believed: false, ways: [], cost: Infinity };
}

function link(nodes: Map<string, Node>, { line, penalty }: ShoreCandidate): void {
  const [a, b] = [nodeAt(nodes, line, 0, penalty), nodeAt(nodes, line, line.length - 2, penalty)];
  const cost = lengthOf(line) * penalty;
  a.ways.push({ from: a.key, to: b.key, line, cost });
  b.ways.push({ from: b.key, to: a.key, line: reverse(line), cost });
}

function nodeAt(nodes: Map<string, Node>, line: Line, i: number, penalty: number): Node {
  const [x, y] = [at(line, i), at(line, i + 1)];
  const key = `${x},${y}`;
  const node = nodes.get(key) ?? { key, x, y, believed: false, ways: [], cost: Infinity };
  if (penalty === 1) node.believed = true;
  nodes.set(key, node);
  return node;
}

/** Dijkstra with a plain list: there are a few hundred nodes. */
function cheapestWay(nodes: Map<string, Node>, from: Node, to: Node): Line | undefined {
  const open = new Set([from]);
  from.cost = 0;
  for (let node: Node | undefined = from; node && node !== to; node = cheapest(open)) {
    open.delete(node);
    for (const way of node.ways) {
      const next = nodes.get(way.to);
      if (!next || node.cost + way.cost >= next.cost) continue;
      next.cost = node.cost + way.cost;
      next.via = way;
      open.add(next);
    }
  }
  const ways: Line[] = [];
  for (let node: Node | undefined = to; node?.via; node = nodes.get(node.via.from))
    ways.unshift(node.via.line);
  return ways.length ? ways.flat() : undefined;
}

function cheapest(open: Set<Node>): Node | undefined {
  let best: Node | undefined;
  for (const node of open) if (!best || node.cost < best.cost) best = node;
  return best;
}

function lengthOf(line: Line): number {
  let sum = 0;
  for (let i = 2; i < line.length; i += 2) {
    sum += Math.hypot(at(line, i) - at(line, i - 2), at(line, i + 1) - at(line, i - 1));
  }
  return sum;
}
