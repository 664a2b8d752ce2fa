import { router } from '../api.ts';
import type { Deps } from '../deps.ts';

export const ingest = (_deps: Deps) => router();
