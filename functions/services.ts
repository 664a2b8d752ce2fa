import { accounts } from './accounts/routes.ts';
import { analytics } from './analytics/routes.ts';
import { router } from './api.ts';
import { conversation, conversationByLink } from './conversation/routes.ts';
import { customers } from './customers/routes.ts';
import type { Deps } from './deps.ts';
import { drivers } from './drivers/routes.ts';
import { exports } from './exports/routes.ts';
import { ingest } from './ingest/routes.ts';
import { lateReports } from './late-reports/routes.ts';
import { notifications, notificationsByLink } from './notifications/routes.ts';
import { orders } from './orders/routes.ts';
import { pages } from './pages/routes.ts';
import { proofs } from './proofs/routes.ts';
import { quotes } from './quotes/routes.ts';
import { tracking } from './tracking/routes.ts';
import { webhooks } from './webhooks/routes.ts';
import { zones } from './zones/routes.ts';

/** What can be served by itself, as `main.ts orders drivers`; each is a container of its own on Kubernetes. */
export const SERVICES = {
  accounts,
  orders: (deps: Deps) =>
    router()
      .route('/', exports(deps))
      .route('/', orders(deps))
      .route('/', conversation(deps))
      .route('/', analytics(deps))
      .route('/', quotes(deps))
      .route('/', zones(deps))
      .route('/', proofs(deps))
      .route('/', lateReports(deps)),
  drivers: (deps: Deps) => router().route('/', drivers(deps)).route('/', ingest(deps)),
  customers: (deps: Deps) =>
    router()
      .route('/', customers(deps))
      .route('/', tracking(deps))
      .route('/', conversationByLink(deps))
      .route('/', notificationsByLink(deps)),
  notifications: (deps: Deps) => router().route('/', webhooks(deps)).route('/', notifications(deps)),
  pages,
} as const;

export type ServiceName = keyof typeof SERVICES;
export const isService = (name: string): name is ServiceName => name in SERVICES;

/** The type of the whole API, for `hc<Api>`: a union, since hc merges that, and of an intersection it reads one part. */
export type Api =
  | ReturnType<typeof accounts>
  | ReturnType<typeof exports>
  | ReturnType<typeof orders>
  | ReturnType<typeof quotes>
  | ReturnType<typeof zones>
  | ReturnType<typeof proofs>
  | ReturnType<typeof lateReports>
  | ReturnType<typeof drivers>
  | ReturnType<typeof customers>
  | ReturnType<typeof tracking>
  | ReturnType<typeof conversation>
  | ReturnType<typeof conversationByLink>
  | ReturnType<typeof analytics>
  | ReturnType<typeof webhooks>
  | ReturnType<typeof notifications>
  | ReturnType<typeof notificationsByLink>;
