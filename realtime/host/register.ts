import { registerHooks } from 'node:module';

/**
 * Lets Node find `cloudflare:workers` when the rooms run unbundled: `node --import ./realtime/host/register.ts …`, and
 * as a set-up file of vitest. The shipped bundle has the alias instead and does not need this.
 */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'cloudflare:workers') return next(specifier, context);
    return { url: new URL('./cloudflare-workers.ts', import.meta.url).href, shortCircuit: true };
  },
});
