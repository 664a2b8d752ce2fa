import type { OrderStatus, ReasonCode } from '../../domain/order-status.ts';
import type { VehicleType } from '../../domain/orders.ts';
import type { ProblemCode } from '../session/problem.ts';
import { type Dictionary, wordsOf } from './dictionary.ts';

/** What the pages of managers and drivers both say. */
export type StaffWords = {
  statuses: Record<OrderStatus, string>;
  reasons: Record<ReasonCode, string>;
  vehicles: Record<VehicleType, string>;
  /** What to do about a request that failed; for other codes the server's own detail is shown. */
  problems: Partial<Record<ProblemCode, string>> & { unknown: string };
  close: string;
  cancel: string;
  save: string;
  retry: string;
  loading: string;
  logOut: string;
  required: string;
};

const STAFF_WORDS: Dictionary<StaffWords> = {
  en: {
    statuses: {
      created: 'Unassigned',
      assigned: 'Assigned',
      enroute_to_pickup: 'To the pickup',
      arrived_at_pickup: 'At the pickup',
      picked_up: 'Picked up',
      enroute_to_dropoff: 'On the way',
      arrived_at_dropoff: 'At the door',
      delivered: 'Delivered',
      cancelled: 'Cancelled',
      failed: 'Not delivered',
      enroute_to_return: 'Going back',
      returned: 'Returned',
    },
    reasons: {
      customer_absent: 'Nobody there',
      customer_refused: 'Customer refused it',
      wrong_address: 'Wrong address',
      customer_unreachable: 'Customer cannot be reached',
      damaged: 'Damaged',
      not_ready: 'Not ready',
      no_driver: 'No driver',
      accident: 'Accident or breakdown',
      customer_cancelled: 'Customer cancelled',
      merchant_cancelled: 'Shop cancelled',
      other: 'Something else',
    },
    vehicles: { bicycle: 'Bicycle', motorcycle: 'Motorcycle', car: 'Car', van: 'Van', foot: 'On foot' },
    problems: {
      network: 'No connection. Check the network and try again.',
      timeout: 'The server took too long. Try again.',
      unauthenticated: 'Your session has ended. Log in again.',
      forbidden: 'You may not do this.',
      not_found: 'This is not there any more.',
      stale: 'Someone changed this meanwhile. Look at it again, then repeat.',
      too_large: 'This is too large.',
      too_many_requests: 'Too many attempts. Wait a moment and try again.',
      internal: 'Something went wrong on our side. Try again.',
      unavailable: 'The server is busy just now. Try again in a moment.',
      unknown: 'Something went wrong. Try again.',
    },
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    retry: 'Try again',
    loading: 'Loading…',
    logOut: 'Log out',
    required: 'Fill this in.',
  },
  es: {
    statuses: {
      created: 'Sin asignar',
      assigned: 'Asignado',
      enroute_to_pickup: 'Hacia el retiro',
      arrived_at_pickup: 'En el retiro',
      picked_up: 'Retirado',
      enroute_to_dropoff: 'En camino',
      arrived_at_dropoff: 'En la puerta',
      delivered: 'Entregado',
      cancelled: 'Cancelado',
      failed: 'No entregado',
      enroute_to_return: 'De regreso',
      returned: 'Devuelto',
    },
    reasons: {
      customer_absent: 'No hay nadie',
      customer_refused: 'El cliente lo rechazó',
      wrong_address: 'Dirección equivocada',
      customer_unreachable: 'El cliente no responde',
      damaged: 'Dañado',
      not_ready: 'No está listo',
      no_driver: 'Sin repartidor',
      accident: 'Accidente o avería',
      customer_cancelled: 'El cliente canceló',
      merchant_cancelled: 'El local canceló',
      other: 'Otro motivo',
    },
    vehicles: { bicycle: 'Bicicleta', motorcycle: 'Moto', car: 'Auto', van: 'Camioneta', foot: 'A pie' },
    problems: {
      network: 'Sin conexión. Revisa la red e intenta de nuevo.',
      timeout: 'El servidor tardó demasiado. Intenta de nuevo.',
      unauthenticated: 'Tu sesión terminó. Ingresa de nuevo.',
      forbidden: 'No puedes hacer esto.',
      not_found: 'Esto ya no está.',
      stale: 'Alguien lo cambió mientras tanto. Míralo y repite.',
      too_large: 'Es demasiado grande.',
      too_many_requests: 'Demasiados intentos. Espera un momento e intenta de nuevo.',
      internal: 'Algo falló de nuestro lado. Intenta de nuevo.',
      unavailable: 'El servidor está ocupado. Intenta en un momento.',
      unknown: 'Algo falló. Intenta de nuevo.',
    },
    close: 'Cerrar',
    cancel: 'Cancelar',
    save: 'Guardar',
    retry: 'Intentar de nuevo',
    loading: 'Cargando…',
    logOut: 'Salir',
    required: 'Completa este campo.',
  },
};

export const staffWords = (locale: string): StaffWords => wordsOf(STAFF_WORDS, locale);

/** What a page says of a failed request. */
export function problemText(problem: { code: string; message: string }, locale: string): string {
  const { problems } = staffWords(locale);
  // An unknown code finds nothing, and the server's sentence is the next best.
  return problems[problem.code as ProblemCode] ?? (problem.message || problems.unknown);
}
