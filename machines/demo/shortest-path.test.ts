import { expect, it } from 'vitest';
import { loadCity } from './city.ts';
import { buildRoadGraph, type RoadGraph } from './road-graph.ts';
import { shortestPath } from './shortest-path.ts';
import { at } from './world.ts';

const graph = buildRoadGraph(loadCity());
const main = [...graph.isMain.keys()].filter((n) => graph.isMain[n]);

it('has nearly all of the city in one strongly connected part', () => {
  expect(main.length).toBeGreaterThan(45_000);
  expect(main.length / graph.x.length).toBeGreaterThan(0.99);
});

it.each([100, 40_000])('finds what an exhaustive search finds, from node %i of the main part', (i) => {
  const source = at(main, i);
  const costs = allCosts(graph, source);
  for (let k = 0; k < 6; k++) {
    const target = at(main, (k * 3_701 + i * 7) % main.length);
    const end = { cost: 0, edge: -1 };
    const path = shortestPath(graph, [{ node: source, ...end }], [{ node: target, ...end }]);
    expect(path?.cost).toBeCloseTo(at(costs, target), 6);
    const walked = path?.between.reduce((sum, edge) => sum + at(graph.edgeSeconds, edge), 0);
    expect(walked).toBeCloseTo(at(costs, target), 6);
    for (const [n, edge] of (path?.between ?? []).entries()) {
      const before = path?.between[n - 1];
      expect(graph.edgeFrom[edge]).toBe(before === undefined ? source : graph.edgeTo[before]);
    }
  }
});

it('takes the end that is cheaper in all, and says which', () => {
  const [source, near] = [at(main, 500), at(main, 700)];
  const costs = allCosts(graph, source);
  const ends = [
    { node: near, cost: 10_000, edge: 1 },
    { node: source, cost: at(costs, near) + 20_000, edge: 2 },
  ];
  expect(shortestPath(graph, [{ node: source, cost: 0, edge: 7 }], ends)).toMatchObject({
    first: 7,
    last: 1,
  });
});

/** Relaxes edges until nothing gets cheaper: no bound, no order, nothing in common with what is tested. */
function allCosts({ x, firstEdge, edgeTo, edgeSeconds }: RoadGraph, source: number): Float64Array {
  const costs = new Float64Array(x.length).fill(Infinity);
  costs[source] = 0;
  let changed = new Set([source]);
  while (changed.size > 0) {
    const next = new Set<number>();
    for (const n of changed) {
      for (let e = at(firstEdge, n); e < at(firstEdge, n + 1); e++) {
        const total = at(costs, n) + at(edgeSeconds, e);
        if (total >= at(costs, at(edgeTo, e))) continue;
        costs[at(edgeTo, e)] = total;
        next.add(at(edgeTo, e));
      }
    }
    changed = next;
  }
  return costs;
}
