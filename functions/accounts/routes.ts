import { router } from '../api.ts';
import type { Deps } from '../deps.ts';

export const accounts = (_deps: Deps) => router();
