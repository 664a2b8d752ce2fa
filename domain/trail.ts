/** A point of a driver's trail. Time in milliseconds since 1970. */
export type TrailPoint = { lat: number; lng: number; at: number };

/** 1e-5 degrees is about a metre: finer than any phone measures. */
const PRECISION = 1e5;

/**
 * Packs points into bytes: for each, the differences to the one before (time in ms, latitude, longitude in 1e-5
 * degrees), zigzag and LEB128 as in Protocol Buffers (protobuf.dev/programming-guides/encoding). About 6 bytes a point.
 */
export function encodeTrail(points: readonly TrailPoint[]): Uint8Array {
  const bytes: number[] = [];
  let previous = { lat: 0, lng: 0, at: 0 };
  for (const point of points) {
    const next = {
      lat: Math.round(point.lat * PRECISION),
      lng: Math.round(point.lng * PRECISION),
      at: Math.round(point.at),
    };
    writeSigned(bytes, next.at - previous.at);
    writeSigned(bytes, next.lat - previous.lat);
    writeSigned(bytes, next.lng - previous.lng);
    previous = next;
  }
  return Uint8Array.from(bytes);
}

/** The inverse of `encodeTrail`, to the metre. Throws RangeError on bytes that end within a number. */
export function decodeTrail(bytes: Uint8Array): TrailPoint[] {
  const points: TrailPoint[] = [];
  const reader = { bytes, offset: 0 };
  const sum = { lat: 0, lng: 0, at: 0 };
  while (reader.offset < bytes.length) {
    sum.at += readSigned(reader);
    sum.lat += readSigned(reader);
    sum.lng += readSigned(reader);
    points.push({ lat: sum.lat / PRECISION, lng: sum.lng / PRECISION, at: sum.at });
  }
  return points;
}

// Arithmetic instead of bit shifts: times do not fit into 32 bits.
function writeSigned(bytes: number[], value: number): void {
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function readSigned(reader: { bytes: Uint8Array; offset: number }): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = reader.bytes[reader.offset++];
    if (byte === undefined) throw new RangeError('The trail ends within a number.');
    value += (byte % 128) * scale;
    if (byte < 128) break;
    scale *= 128;
  }
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}
