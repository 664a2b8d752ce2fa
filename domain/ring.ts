/** A ring of a GeoJSON polygon: [longitude, latitude] each, the last one as the first. */
export type Ring = readonly (readonly [number, number])[];

/** What is wrong with a ring as a border: `at` is the index of the position where. Null when it is good. */
export function ringFault(ring: Ring): { at?: number; message: string } | null {
  if (String(ring[0]) !== String(ring.at(-1))) return { message: 'must end where it starts' };
  const edges = edgesOf(ring);
  const crossing = firstCrossing(edges);
  if (crossing !== null) {
    const [at, other] = crossing;
    return { at, message: `the edge from here crosses the edge from position ${other}` };
  }
  return areaOf(edges) === 0 ? { message: 'encloses nothing' } : null;
}

type Edge = { at: number; x1: number; y1: number; x2: number; y2: number };

function edgesOf(ring: Ring): Edge[] {
  const edges: Edge[] = [];
  for (const [at, [x1, y1]] of ring.entries()) {
    const [x2, y2] = ring[at + 1] ?? [x1, y1];
    if (x1 !== x2 || y1 !== y2) edges.push({ at, x1, y1, x2, y2 });
  }
  return edges;
}

/** The shoelace formula, in square degrees. */
function areaOf(edges: readonly Edge[]): number {
  // From the first corner, or the products would drown a small area far from 0°, 0°.
  const { x1: x0, y1: y0 } = edges[0] ?? { x1: 0, y1: 0 };
  let twice = 0;
  for (const { x1, y1, x2, y2 } of edges) twice += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  return Math.abs(twice) / 2;
}

/** Two edges that cross, by the positions they start from, the smaller first. Edges that only touch do no harm. */
function firstCrossing(edges: readonly Edge[]): [number, number] | null {
  // From west to east, each is compared only with those that begin before it ends.
  const sorted = edges.toSorted((a, b) => Math.min(a.x1, a.x2) - Math.min(b.x1, b.x2));
  for (const [index, a] of sorted.entries()) {
    const east = Math.max(a.x1, a.x2);
    for (let next = index + 1; next < sorted.length; next++) {
      const b = sorted[next];
      if (b === undefined || Math.min(b.x1, b.x2) > east) break;
      if (cross(a, b)) return a.at < b.at ? [a.at, b.at] : [b.at, a.at];
    }
  }
  return null;
}

function cross(a: Edge, b: Edge): boolean {
  return side(a, b.x1, b.y1) * side(a, b.x2, b.y2) < 0 && side(b, a.x1, a.y1) * side(b, a.x2, a.y2) < 0;
}

/** On which side of the edge a point lies: 1 or -1, 0 on its line. */
const side = ({ x1, y1, x2, y2 }: Edge, x: number, y: number): number =>
  Math.sign((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1));
