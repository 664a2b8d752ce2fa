import { expect, test } from 'vitest';
import { type OrderStatus, STATUSES } from '../../domain/order-status.ts';
import type { OrderRecord } from '../../domain/orders.ts';
import { timesFor } from '../i18n/times.ts';
import { wordsFor } from '../i18n/words.ts';
import { headlineOf } from './headline.ts';
import { at, NOON, sampleView } from './sample.ts';

type Told = readonly [title: string, sentence: string];
const EN: Record<OrderStatus, Told> = {
  created: ['Arriving 12:10 – 12:20', 'Café Sur has your order and is finding a driver.'],
  assigned: ['Arriving 12:10 – 12:20', 'A driver will collect it from Café Sur.'],
  enroute_to_pickup: ['Arriving 12:10 – 12:20', 'The driver is on the way to Café Sur to collect it.'],
  arrived_at_pickup: ['Arriving 12:10 – 12:20', 'The driver is at Café Sur, collecting it.'],
  picked_up: ['Arriving 12:10 – 12:20', 'Ana is on the way to you by bicycle.'],
  enroute_to_dropoff: ['Arriving 12:10 – 12:20', 'Ana is on the way to you by bicycle.'],
  arrived_at_dropoff: ['Your order is here', 'Ana is at your address.'],
  delivered: ['Delivered at 11:59', 'Thank you for ordering from Café Sur.'],
  cancelled: ['Order cancelled', 'It will not be delivered. If this is a surprise, ask Café Sur.'],
  failed: ['We could not deliver your order', 'Sorry about that. Ask Café Sur about another attempt.'],
  enroute_to_return: [
    'Going back to Café Sur',
    'It could not be handed over. Ask Café Sur what happens next.',
  ],
  returned: ['Back at Café Sur', 'It could not be handed over. Café Sur has it again.'],
};
const ES: Record<OrderStatus, Told> = {
  created: ['Llega 12:10 – 12:20', 'Café Sur tiene tu pedido y está buscando repartidor.'],
  assigned: ['Llega 12:10 – 12:20', 'Un repartidor lo retirará en Café Sur.'],
  enroute_to_pickup: ['Llega 12:10 – 12:20', 'El repartidor va hacia Café Sur a retirarlo.'],
  arrived_at_pickup: ['Llega 12:10 – 12:20', 'El repartidor está en Café Sur, retirándolo.'],
  picked_up: ['Llega 12:10 – 12:20', 'Ana va hacia ti en bicicleta.'],
  enroute_to_dropoff: ['Llega 12:10 – 12:20', 'Ana va hacia ti en bicicleta.'],
  arrived_at_dropoff: ['Tu pedido está en la puerta', 'Ana está en tu dirección.'],
  delivered: ['Entregado a las 11:59', 'Gracias por tu pedido en Café Sur.'],
  cancelled: ['Pedido cancelado', 'No se entregará. Si no lo esperabas, consulta a Café Sur.'],
  failed: ['No pudimos entregar tu pedido', 'Lo sentimos. Consulta a Café Sur por otro intento.'],
  enroute_to_return: ['Vuelve a Café Sur', 'No se pudo entregar. Consulta a Café Sur cómo sigue.'],
  returned: ['De vuelta en Café Sur', 'No se pudo entregar. Café Sur lo tiene de nuevo.'],
};

/** en-GB and es-ES: both write 24 hours, so that a table reads easily. */
function told(locale: string, status: OrderStatus, changes: Partial<OrderRecord> = {}, now = NOON) {
  const speech = { words: wordsFor(locale), times: timesFor(locale, 'America/Montevideo'), now };
  const { title, sentence, tone } = headlineOf(sampleView(status, changes), speech);
  return { title: title.replace(/\s*–\s*/, ' – '), sentence, tone };
}

test.each(STATUSES)('tells a customer of %s in English and Spanish', (status) => {
  expect(told('en-GB', status)).toMatchObject({ title: EN[status][0], sentence: EN[status][1] });
  expect(told('es-ES', status)).toMatchObject({ title: ES[status][0], sentence: ES[status][1] });
});

test('says "by" once the earliest time has come', () => {
  expect(told('en-GB', 'picked_up', {}, NOON + 11 * 60_000).title).toBe('Arriving by 12:20');
  expect(told('es-ES', 'picked_up', {}, NOON + 11 * 60_000).title).toBe('Llega antes de las 12:20');
});

test('admits to be late', () => {
  const late = told('en-GB', 'picked_up', {}, NOON + 21 * 60_000);
  expect(late).toEqual({
    title: 'Taking longer than planned',
    sentence: 'Ana is on the way to you by bicycle. It was expected by 12:20.',
    tone: 'late',
  });
});

const NO_ETA = { eta: { pickup: null, dropoff: null } };

test('without an estimate it tells the agreed window, with its day when that is not today', () => {
  const window = (from: number, to: number) => ({
    ...NO_ETA,
    dropoff: { address: 'A street', window: { from: at(from), to: at(to) } },
  });
  expect(told('en-GB', 'created', window(60, 120)).title).toBe('Planned for 13:00 – 14:00');
  expect(told('en-GB', 'created', window(1500, 1560)).title).toBe('Planned for Mon 23 Nov, 13:00 – 14:00');
});

test.each([
  ['created', 'Order received'],
  ['arrived_at_pickup', 'A driver has your order'],
  ['enroute_to_dropoff', 'On its way'],
] as const)('without any time %s is still answered', (status, title) => {
  expect(told('en-GB', status, NO_ETA).title).toBe(title);
});

test('a driver with another stop first is not named', () => {
  const view = { ...sampleView('picked_up'), driver: null, location: null };
  const speech = { words: wordsFor('en'), times: timesFor('en', 'UTC'), now: NOON };
  expect(headlineOf(view, speech).sentence).toBe('The driver has your order and another stop before yours.');
});

test('a delivery of another day says which', () => {
  const yesterday = { deliveryTime: at(-1440) };
  expect(told('en-GB', 'delivered', yesterday).title).toBe('Delivered Sat 21 Nov, 12:00');
  expect(told('es-ES', 'delivered', yesterday).title).toBe('Entregado el sáb, 21 nov, 12:00');
  expect(told('es-ES', 'delivered', { deliveryTime: at(65) }, NOON + 4e6).title).toBe(
    'Entregado a las 13:05',
  );
});
