import { crc32, deflateSync } from 'node:zlib';

/** Pictures for tests: as small as they can be, and whatever they say of their size. `seed` makes one differ from another. */
export const PICTURES = { 'image/png': png, 'image/jpeg': jpeg, 'image/webp': webp };

export const picture = (type: keyof typeof PICTURES = 'image/png', seed = 0): Blob =>
  new Blob([PICTURES[type](8, 8, seed)], { type });

export function png(width: number, height: number, seed = 0): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const row = Buffer.alloc(9, seed % 256);
  const rows = Buffer.concat(Array.from({ length: 8 }, () => row));
  const chunks = [
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`seed\0${seed}`)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return bytesOf([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], ...chunks);
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

export function jpeg(width: number, height: number, seed = 0): Uint8Array<ArrayBuffer> {
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  const comment = Buffer.from([0xff, 0xfe, 0, 4, (seed >> 8) & 0xff, seed & 0xff]);
  const app0 = [0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
  return bytesOf([0xff, 0xd8], app0, comment, frame, [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0, 0xff, 0xd9]);
}

export function webp(width: number, height: number, seed = 0): Uint8Array<ArrayBuffer> {
  const body = Buffer.alloc(40, seed % 256);
  body.write('WEBPVP8X', 0, 'latin1');
  body.writeUInt32LE(10, 8);
  body.writeUInt32LE(0, 12);
  body.writeUIntLE(width - 1, 16, 3);
  body.writeUIntLE(height - 1, 19, 3);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return bytesOf(Buffer.from('RIFF'), length, body);
}

const bytesOf = (...parts: (Buffer | number[])[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));
