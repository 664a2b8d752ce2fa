import { router } from '../api.ts';
import type { Deps } from '../deps.ts';

export const customers = (_deps: Deps) => router();
