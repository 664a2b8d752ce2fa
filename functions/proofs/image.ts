import { createHash } from 'node:crypto';
import { AppError } from '../../domain/errors.ts';
import { MAX_PROOF_BYTES, MAX_PROOF_PIXELS, MAX_PROOF_SIDE, ProofType } from '../../domain/proof.ts';

/** A picture that was looked at: what it is by its content, whatever was said of it. */
export type Image = { bytes: Uint8Array<ArrayBuffer>; type: ProofType; sha256: string };

/** Throws `invalid` (empty, no such picture, absurd measures) and `too_large`, naming `file`. */
export async function readImage(bytes: Uint8Array<ArrayBuffer>): Promise<Image> {
  if (bytes.length === 0) throw refused('is empty');
  if (bytes.length > MAX_PROOF_BYTES) {
    throw new AppError('too_large', `A file is at most ${MAX_PROOF_BYTES / 1024 / 1024} MB.`);
  }
  // Loaded when first needed: no start of a process waits for it.
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(bytes);
  const type = ProofType.safeParse(found?.mime);
  if (!type.success) throw refused('is no JPEG, PNG or WebP picture');
  const size = MEASURES[type.data](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (size === undefined) throw refused('is damaged: it does not say how large it is');
  const { width, height } = size;
  const sane = width > 0 && height > 0 && Math.max(width, height) <= MAX_PROOF_SIDE;
  if (!sane || width * height > MAX_PROOF_PIXELS) throw refused(`has ${width} × ${height} pixels`);
  return { bytes, type: type.data, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const refused = (message: string): AppError =>
  new AppError('invalid', `The file ${message}.`, { errors: [{ path: 'file', message }] });

type Size = { width: number; height: number };
type Measure = (bytes: Buffer) => Size | undefined;

const MEASURES: Record<ProofType, Measure> = {
  'image/png': pngSize,
  'image/jpeg': jpegSize,
  'image/webp': webpSize,
};

/** RFC 2083, 4.1.1: IHDR is the first chunk. */
function pngSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** ITU T.81, B.2.2: the frame header (SOFn) holds them; segments before it tell their own length. */
function jpegSize(bytes: Buffer): Size | undefined {
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes, and the markers that stand alone.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    } else if (marker === 0xd9 || marker === 0xda) return undefined;
    else at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
  }
  return undefined;
}

/** RFC 9649: the first chunk is VP8 (lossy), VP8L (lossless) or VP8X (extended). */
function webpSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 30) return undefined;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}
