/** Every status an order can have, in the order in which they come. The database's enum and all labels derive from it. */
export const STATUSES = [
  'created',
  'assigned',
  'enroute_to_pickup',
  'arrived_at_pickup',
  'picked_up',
  'enroute_to_dropoff',
  'arrived_at_dropoff',
  'delivered',
  'cancelled',
  'failed',
  'enroute_to_return',
  'returned',
] as const;

export type OrderStatus = (typeof STATUSES)[number];

/** The driver has it (or is fetching it): these orders are in a driver's list and in the fleet room. */
export const DRIVER_STATUSES = [
  'assigned',
  'enroute_to_pickup',
  'arrived_at_pickup',
  'picked_up',
  'enroute_to_dropoff',
  'arrived_at_dropoff',
  'failed',
  'enroute_to_return',
] as const satisfies readonly OrderStatus[];

/** Not ended: what a dispatcher watches. */
export const ACTIVE_STATUSES = ['created', ...DRIVER_STATUSES] as const satisfies readonly OrderStatus[];

const BEFORE_PICKUP = ['assigned', 'enroute_to_pickup', 'arrived_at_pickup'] as const;
const CARRIED = ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff'] as const;

/** The one table of legal steps. `assigned → assigned` is a hand-over before pickup, to another driver. */
export const LEGAL_STEPS: Record<OrderStatus, readonly OrderStatus[]> = {
  created: ['assigned', 'cancelled'],
  assigned: ['enroute_to_pickup', 'arrived_at_pickup', 'picked_up', 'created', 'assigned', 'cancelled'],
  enroute_to_pickup: ['arrived_at_pickup', 'picked_up', 'created', 'assigned', 'cancelled'],
  arrived_at_pickup: ['picked_up', 'created', 'assigned', 'cancelled'],
  picked_up: ['enroute_to_dropoff', 'arrived_at_dropoff', 'delivered', 'failed'],
  enroute_to_dropoff: ['arrived_at_dropoff', 'delivered', 'failed'],
  arrived_at_dropoff: ['delivered', 'failed'],
  delivered: [],
  cancelled: [],
  failed: ['enroute_to_dropoff', 'enroute_to_return', 'returned'],
  enroute_to_return: ['returned'],
  returned: [],
};

/** A mis-tap can be taken back for ten minutes, counted from when the server received it. */
export const UNDO: { from: readonly OrderStatus[]; to: OrderStatus; seconds: number } = {
  from: ['delivered', 'failed'],
  to: 'arrived_at_dropoff',
  seconds: 600,
};

/** Where a manager may hand the order to another driver while its status stays. */
export const HAND_OVER_FROM: readonly OrderStatus[] = CARRIED;

/** Where an order may get its (next) driver and becomes `assigned`. */
export const ASSIGN_FROM: readonly OrderStatus[] = legalFrom('assigned');

/** These steps must say why, in words or by a code. So must a driver who declines (`created`); a manager may unassign without a word. */
export const REASON_NEEDED: readonly OrderStatus[] = ['failed', 'cancelled'];

/** Why a delivery failed, or an order was called off, in a word that figures can be made of. */
export const REASON_CODES = [
  'customer_absent',
  'customer_refused',
  'wrong_address',
  'customer_unreachable',
  'damaged',
  'not_ready',
  'no_driver',
  'accident',
  'customer_cancelled',
  'merchant_cancelled',
  'other',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

const EXPLAINABLE: readonly OrderStatus[] = [
  'created',
  'cancelled',
  'failed',
  'enroute_to_return',
  'returned',
];

/** Whether a step to there may have a reason code: it went wrong, was called off, or declined. */
export const isExplainable = (status: OrderStatus): boolean => EXPLAINABLE.includes(status);

/** The statuses from which `to` is a legal step, without the undo window. */
export function legalFrom(to: OrderStatus): OrderStatus[] {
  return STATUSES.filter((from) => LEGAL_STEPS[from].includes(to));
}

export type StepQuestion = {
  from: OrderStatus;
  to: OrderStatus;
  /** When the server received the update that led to `from`. */
  since: Date;
  now: Date;
};

/** Whether the step may be taken now. The SQL function asks the same of the same table (see db/sql). */
export function isLegal({ from, to, since, now }: StepQuestion): boolean {
  if (LEGAL_STEPS[from].includes(to)) return true;
  return isUndo(from, to) && now.getTime() - since.getTime() <= UNDO.seconds * 1000;
}

/** Whether this is the taking back of a mis-tap rather than a step forward. */
export function isUndo(from: OrderStatus, to: OrderStatus): boolean {
  return UNDO.to === to && UNDO.from.includes(from);
}

/** The steps open from here, for an error that says what would be legal. */
export function legalSteps(question: Omit<StepQuestion, 'to'>): OrderStatus[] {
  return STATUSES.filter((to) => isLegal({ ...question, to }));
}

export const isActive = (status: OrderStatus): boolean =>
  (ACTIVE_STATUSES as readonly OrderStatus[]).includes(status);
export const isBeforePickup = (status: OrderStatus): boolean =>
  (BEFORE_PICKUP as readonly OrderStatus[]).includes(status);
export const isCarried = (status: OrderStatus): boolean =>
  (CARRIED as readonly OrderStatus[]).includes(status);

export const isStatus = (value: string): value is OrderStatus =>
  (STATUSES as readonly string[]).includes(value);
