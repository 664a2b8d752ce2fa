/**
 * What `import … from 'cloudflare:workers'` means on Node. The bundler and vitest map the name to this file;
 * unbundled, `register.ts` does.
 */
export abstract class DurableObject<Env = unknown> {
  protected ctx: DurableObjectState;
  protected env: Env;

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }
}

/** partyserver's router defaults to it; our front door passes its environment along instead. */
export const env: Record<string, unknown> = {};
