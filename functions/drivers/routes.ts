import { router } from '../api.ts';
import type { Deps } from '../deps.ts';

export const drivers = (_deps: Deps) => router();
