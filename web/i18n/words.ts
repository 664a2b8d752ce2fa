import type { OrderStatus } from '../../domain/order-status.ts';
import type { VehicleType } from '../../domain/orders.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { type Language, languageOf } from './locale.ts';

/** Everything the tracking page says. Arguments are plain text, `day` null for today; nothing returned is markup. */
export type TrackingWords = {
  /** The language's own name, for the link that switches to it. */
  ownName: string;
  steps: Record<OrderStatus, string>;
  vehicles: Record<VehicleType, string>;
  headline: {
    arriving: (range: string) => string;
    arrivingBy: (time: string, day: string | null) => string;
    planned: (range: string) => string;
    overdue: string;
    received: string;
    driverFound: string;
    onTheWay: string;
    here: string;
    delivered: string;
    deliveredAt: (time: string, day: string | null) => string;
    cancelled: string;
    failed: string;
    goingBack: (merchant: string) => string;
    returned: (merchant: string) => string;
  };
  sentence: {
    created: (merchant: string) => string;
    assigned: (merchant: string) => string;
    enrouteToPickup: (merchant: string) => string;
    arrivedAtPickup: (merchant: string) => string;
    coming: (driver: string, vehicle: string) => string;
    otherStopFirst: string;
    atYourAddress: (driver: string | null) => string;
    delivered: (merchant: string) => string;
    cancelled: (merchant: string) => string;
    failed: (merchant: string) => string;
    goingBack: (merchant: string) => string;
    returned: (merchant: string) => string;
    expectedBy: (time: string, day: string | null) => string;
  };
  label: {
    progress: string;
    map: string;
    details: string;
    order: (number: number) => string;
    from: string;
    to: string;
    instructions: string;
    items: string;
    total: string;
    cash: string;
    pin: string;
    reason: string;
    done: string;
    notYet: string;
    driver: string;
    destination: string;
    shop: string;
    recentre: string;
    reload: string;
    zoomIn: string;
    zoomOut: string;
    otherLanguage: string;
  };
  call: (merchant: string) => string;
  live: {
    updated: (age: string) => string;
    lastSeen: (age: string) => string;
    reconnecting: string;
    offline: string;
    gone: string;
    away: (distance: string) => string;
    seconds: (n: number) => string;
    minutes: (n: number) => string;
    hours: (n: number) => string;
  };
  on: (day: string, times: string) => string;
};

const WORDS: Record<Language, TrackingWords> = { en, es };

/** The dictionary of a locale that `chooseLocale` gave. */
export function wordsFor(locale: string): TrackingWords {
  return WORDS[languageOf(locale)];
}
