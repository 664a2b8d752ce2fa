import { distance, type Location } from '../../domain/geo.ts';

/** A way being travelled: where one is on a line, by metres from its start. */
export type Journey = { line: Location[]; metres: number[]; travelled: number };

/** `line` has at least one position. */
export function startJourney(line: Location[]): Journey {
  const metres = [0];
  for (const [i, to] of line.entries()) {
    const from = line[i - 1];
    if (from) metres.push((metres[i - 1] ?? 0) + distance(from, to));
  }
  return { line, metres, travelled: 0 };
}

export function lengthOf({ metres }: Journey): number {
  return metres.at(-1) ?? 0;
}

export function isOver(journey: Journey): boolean {
  return journey.travelled >= lengthOf(journey);
}

export function advance(journey: Journey, metres: number): void {
  journey.travelled = Math.min(lengthOf(journey), journey.travelled + metres);
}

/** Where one is, and the heading in degrees clockwise from north (undefined while the line has no length). */
export function whereabouts(journey: Journey): { location: Location; heading: number | undefined } {
  return locate(journey, journey.travelled);
}

/** By how many degrees the way turns within the next metres. */
export function turnWithin(journey: Journey, metres: number): number {
  const here = locate(journey, journey.travelled).heading;
  const there = locate(journey, Math.min(lengthOf(journey), journey.travelled + metres)).heading;
  if (here === undefined || there === undefined) return 0;
  const turn = Math.abs(here - there) % 360;
  return turn > 180 ? 360 - turn : turn;
}

function locate({ line, metres }: Journey, at: number): { location: Location; heading: number | undefined } {
  let i = metres.findIndex((m, k) => k > 0 && m >= at && m > (metres[k - 1] ?? 0));
  if (i === -1) i = metres.findLastIndex((m, k) => k > 0 && m > (metres[k - 1] ?? 0));
  const [from, to] = [line[i - 1], line[i]];
  const [start = 0, end = 0] = [metres[i - 1], metres[i]];
  if (!from || !to) return { location: line[0] ?? { lat: 0, lng: 0 }, heading: undefined };
  const share = Math.min(1, Math.max(0, (at - start) / (end - start)));
  return {
    location: { lat: from.lat + (to.lat - from.lat) * share, lng: from.lng + (to.lng - from.lng) * share },
    heading: headingOf(from, to),
  };
}

/** Flat: the streets between two corners are short. */
function headingOf(from: Location, to: Location): number {
  const east = (to.lng - from.lng) * Math.cos((from.lat * Math.PI) / 180);
  const degrees = (Math.atan2(east, to.lat - from.lat) * 180) / Math.PI;
  return (degrees + 360) % 360;
}
