import type { Plugin } from 'rolldown';

type Patch = { file: RegExp; replace: [from: string, to: string][] };

/**
 * Faults of pinned dependencies that are mended while bundling, until their releases do. Each text must be there exactly
 * once, so an update that changes it fails the build and is looked at.
 */
const PATCHES: Patch[] = [
  {
    // postgres.js 3.4.9: when the server goes away, a write that was put off meets a socket that is gone, and the
    // TypeError is thrown where nothing catches it (porsager/postgres issues 1066, 1154, 1208); or its timer is cleared
    // without being forgotten, and the connection never sends again. Seen once in five crashes of the database.
    file: /[\\/]postgres[\\/]src[\\/]connection\.js$/,
    replace: [
      [
        'const x = socket.write(chunk, fn)',
        'if (socket === null) { chunk = nextWriteTimer = null; return false } const x = socket.write(chunk, fn)',
      ],
      [
        'clearImmediate(nextWriteTimer)\n    socket.removeListener',
        'clearImmediate(nextWriteTimer), (chunk = nextWriteTimer = null)\n    socket.removeListener',
      ],
      [
        'clearImmediate(nextWriteTimer)\n    if (socket)',
        'clearImmediate(nextWriteTimer), (chunk = nextWriteTimer = null)\n    if (socket)',
      ],
    ],
  },
];

/** For the bundler of the programs, and for the tests. */
export function applyPatches(): Plugin {
  return {
    name: 'patches',
    transform(code, id) {
      const patch = PATCHES.find(({ file }) => file.test(id));
      if (patch === undefined) return undefined;
      // No patch moves a line, so the source maps stay right.
      return {
        code: patch.replace.reduce((text, [from, to]) => replaceOnce(text, from, to, id), code),
        map: null,
      };
    },
  };
}

function replaceOnce(text: string, from: string, to: string, id: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${id} is not as the patch knows it: look at it again.`);
  return parts.join(to);
}
