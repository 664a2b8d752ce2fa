import type { RoadGraph } from './road-graph.ts';
import { at, metresPerUnit } from './world.ts';

/** A node where the path may begin or end, what getting there (or on from there) costs, and by which edge. */
export type PathEnd = { node: number; cost: number; edge: number };

export type Path = {
  /** Seconds, with the costs of both ends. */
  cost: number;
  /** The edges of the two ends that were chosen, and all in between. */
  first: number;
  between: number[];
  last: number;
};

/** Mercator's scale changes by 0.1 % across the city: the bound must not exceed the truth anywhere. */
const SCALE_MARGIN = 0.998;

/**
 * The fastest path: A* with the straight line at the fastest pace as its bound, a few milliseconds on 45,000 nodes.
 * geojson-path-finder 2.1.0 was measured first: on this graph its way was not the shortest for 8 of 60 random pairs
 * (its compaction keeps only one of two carriageways that join the same crossings), and it took 1.2 s to start.
 */
export function shortestPath(graph: RoadGraph, starts: PathEnd[], ends: PathEnd[]): Path | undefined {
  const { x, y, firstEdge, edgeTo, edgeFrom, edgeSeconds } = graph;
  const goal = ends[0]?.node;
  if (goal === undefined) return undefined;
  const secondsPerUnit = metresPerUnit(at(y, goal)) * graph.bestPace * SCALE_MARGIN;
  // With two ends (both directions of one street) the bound must hold for either: it aims at one, less their distance.
  const slack = Math.max(
    ...ends.map(({ node }) => Math.hypot(at(x, node) - at(x, goal), at(y, node) - at(y, goal))),
  );
  const bound = (n: number) =>
    Math.max(0, Math.hypot(at(x, n) - at(x, goal), at(y, n) - at(y, goal)) - slack) * secondsPerUnit;

  const cost = new Float64Array(x.length).fill(Infinity);
  const via = new Int32Array(x.length).fill(-1);
  const startEdge = new Map<number, number>();
  const queue = createQueue();
  for (const start of starts) {
    if (start.cost >= at(cost, start.node)) continue;
    cost[start.node] = start.cost;
    startEdge.set(start.node, start.edge);
    queue.push(start.node, start.cost + bound(start.node));
  }
  let best: { end: PathEnd; cost: number } | undefined;
  for (let top = queue.pop(); top && !(best && best.cost <= top.priority); top = queue.pop()) {
    const n = top.node;
    const soFar = at(cost, n);
    for (const end of ends) {
      if (end.node === n && soFar + end.cost < (best?.cost ?? Infinity))
        best = { end, cost: soFar + end.cost };
    }
    for (let e = at(firstEdge, n); e < at(firstEdge, n + 1); e++) {
      const next = at(edgeTo, e);
      const total = soFar + at(edgeSeconds, e);
      if (total >= at(cost, next)) continue;
      cost[next] = total;
      via[next] = e;
      queue.push(next, total + bound(next));
    }
  }
  if (!best) return undefined;
  const between: number[] = [];
  let n = best.end.node;
  for (; at(via, n) !== -1; n = at(edgeFrom, at(via, n))) between.push(at(via, n));
  return { cost: best.cost, first: startEdge.get(n) ?? -1, between: between.reverse(), last: best.end.edge };
}

/** A binary heap. A node that became cheaper is pushed again; its dearer copy then changes nothing. */
function createQueue() {
  const nodes: number[] = [];
  const priorities: number[] = [];
  const swap = (i: number, j: number) => {
    [nodes[i], nodes[j]] = [at(nodes, j), at(nodes, i)];
    [priorities[i], priorities[j]] = [at(priorities, j), at(priorities, i)];
  };
  return {
    push(node: number, priority: number): void {
      nodes.push(node);
      let i = priorities.push(priority) - 1;
      while (i > 0 && at(priorities, (i - 1) >> 1) > at(priorities, i)) {
        swap(i, (i - 1) >> 1);
        i = (i - 1) >> 1;
      }
    },
    pop(): { node: number; priority: number } | undefined {
      if (nodes.length === 0) return undefined;
      swap(0, nodes.length - 1);
      // The length was checked: both stacks have a last element.
      const top = { node: at(nodes, nodes.length - 1), priority: at(priorities, nodes.length - 1) };
      nodes.pop();
      priorities.pop();
      for (let i = 0; ; ) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2]) {
          if (child < nodes.length && at(priorities, child) < at(priorities, least)) least = child;
        }
        if (least === i) return top;
        swap(i, least);
        i = least;
      }
    },
  };
}
