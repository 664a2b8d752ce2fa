/** A text frame has this first byte: final fragment, opcode 1 (RFC 6455, section 5.2). Binary has opcode 2. */
const TEXT = 0x81;
const BINARY = 0x82;

let lastText = '';
let lastFrame: Buffer | null = null;

/**
 * The bytes of one unmasked, uncompressed server frame. A broadcast hands the very same string to each socket in turn,
 * so remembering the last one encodes it once for all of them.
 */
export function frameOf(message: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof message !== 'string') return frame(BINARY, asBuffer(message));
  if (lastFrame === null || message !== lastText) {
    lastFrame = frame(TEXT, Buffer.from(message));
    lastText = message;
  }
  return lastFrame;
}

function frame(first: number, payload: Buffer): Buffer {
  const length = payload.length;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const bytes = Buffer.allocUnsafe(header + length);
  bytes[0] = first;
  if (header === 2) bytes[1] = length;
  else if (header === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  payload.copy(bytes, header);
  return bytes;
}

function asBuffer(message: ArrayBuffer | ArrayBufferView): Buffer {
  if (message instanceof ArrayBuffer) return Buffer.from(message);
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
}
