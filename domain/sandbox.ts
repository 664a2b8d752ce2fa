import { z } from 'zod';

/** How an order of the sandbox ends, as whoever makes it wants to see. `returned`: it failed, and was brought back. */
export const SANDBOX_OUTCOMES = ['delivered', 'failed', 'returned', 'cancelled'] as const;
export const SandboxOutcome = z.enum(SANDBOX_OUTCOMES);
export type SandboxOutcome = z.infer<typeof SandboxOutcome>;
