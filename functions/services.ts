import { accounts } from './accounts/routes.ts';
import { router } from './api.ts';
import { customers } from './customers/routes.ts';
import type { Deps } from './deps.ts';
import { drivers } from './drivers/routes.ts';
import { ingest } from './ingest/routes.ts';
import { orders } from './orders/routes.ts';
import { pages } from './pages/routes.ts';
import { tracking } from './tracking/routes.ts';

/** What can be served by itself, as `main.ts orders drivers`; each is a container of its own on Kubernetes. */
export const SERVICES = {
  accounts,
  orders,
  drivers: (deps: Deps) => router().route('/', drivers(deps)).route('/', ingest(deps)),
  customers: (deps: Deps) => router().route('/', customers(deps)).route('/', tracking(deps)),
  pages,
} as const;

export type ServiceName = keyof typeof SERVICES;
export const isService = (name: string): name is ServiceName => name in SERVICES;

/** The type of the whole API, for `hc<Api>`. */
export type Api = ReturnType<typeof accounts> &
  ReturnType<typeof orders> &
  ReturnType<typeof drivers> &
  ReturnType<typeof customers> &
  ReturnType<typeof tracking>;
