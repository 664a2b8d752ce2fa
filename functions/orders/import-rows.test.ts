import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../csv/read.ts';
import { EXPORTED_ONLY, IMPORT_COLUMNS } from './import-columns.ts';
import { checkRows } from './import-rows.ts';

const SHOP = { timezone: 'America/Montevideo', currency: 'UYU', decimals: 2, hasPickup: true };
const NOW = Date.parse('2026-11-22T12:00:00Z');
const check = async (text: string, { ignoreUnknown = false, shop = SHOP } = {}) =>
  checkRows(await readCsv(text, 100), { shop, ignoreUnknown, now: NOW });
const onlyOrder = async (text: string, shop = SHOP) => {
  const { orders, errors } = await check(text, { shop });
  expect(errors).toEqual([]);
  expect(orders).toHaveLength(1);
  return orders[0]?.order;
};

describe('a row', () => {
  test('with every column is the whole order', async () => {
    const cells: Record<string, string> = {
      external_id: 'WEB-1',
      dropoff_address: '"Bulevar España 2345, ""Apto 3""\nTimbre roto"',
      dropoff_lat: '-34.9',
      dropoff_lng: '"-56,16"',
      dropoff_name: 'Ana',
      dropoff_phone: "'+598 99 123 456",
      dropoff_email: 'ana@example.com',
      dropoff_instructions: 'Ring twice',
      window_from: '2026-11-23 18:00',
      window_to: '2026-11-23T22:30:00Z',
      pickup_address: 'Sarandí 500',
      pickup_lat: '-34.907',
      pickup_lng: '-56.2',
      pickup_name: 'Kitchen',
      pickup_phone: '099',
      pickup_email: 'k@example.com',
      pickup_instructions: 'Back door',
      pickup_window_from: '2026-11-23 17:00:30-0300',
      pickup_window_to: '2026-11-23 19:00',
      ready_at: '2026-11-23 16:00',
      items: '2x Pizza @ 12.50; 1x Coke',
      currency: 'uyu',
      total: '1250.5',
      tip: '"0,50"',
      cash_on_delivery: '1251',
      notes: "'=SUM(A1)",
      proof: 'Foto; PIN',
    };
    expect(Object.keys(cells)).toEqual(Object.keys(IMPORT_COLUMNS));
    const order = await onlyOrder(`${Object.keys(cells).join(',')}\n${Object.values(cells).join(',')}`);
    expect(order).toEqual({
      externalId: 'WEB-1',
      pickup: {
        address: 'Sarandí 500',
        location: { lat: -34.907, lng: -56.2 },
        contact: { name: 'Kitchen', phone: '099', email: 'k@example.com' },
        instructions: 'Back door',
        window: { from: '2026-11-23T20:00:30.000Z', to: '2026-11-23T22:00:00.000Z' },
      },
      dropoff: {
        address: 'Bulevar España 2345, "Apto 3"\nTimbre roto',
        location: { lat: -34.9, lng: -56.16 },
        contact: { name: 'Ana', phone: '+598 99 123 456', email: 'ana@example.com' },
        instructions: 'Ring twice',
        window: { from: '2026-11-23T21:00:00.000Z', to: '2026-11-23T22:30:00.000Z' },
      },
      items: [
        { name: 'Pizza', quantity: 2, price: 1250 },
        { name: 'Coke', quantity: 1 },
      ],
      total: 125_050,
      tip: 50,
      cashOnDelivery: 125_100,
      readyAt: '2026-11-23T19:00:00.000Z',
      notes: '=SUM(A1)',
      proof: { photo: true, pin: true },
    });
  });

  test('needs an address and a name only; empty cells say nothing', async () => {
    expect(await onlyOrder('address,name,phone,total,window_from,lat\nA 1,Ana,,, ,\n')).toEqual({
      dropoff: { address: 'A 1', contact: { name: 'Ana' } },
      items: [],
    });
  });

  test('may have its header in English or Spanish, with any case, accent and space', async () => {
    for (const header of [
      'Address;NAME;Phone',
      'Dirección;Nombre;Teléfono',
      'DIRECCION ENTREGA;cliente;celular',
      ' dropoff-address ;Dropoff Name;dropoff.phone',
    ]) {
      expect((await onlyOrder(`${header}\nA 1;Ana;099`))?.dropoff).toEqual({
        address: 'A 1',
        contact: { name: 'Ana', phone: '099' },
      });
    }
  });

  test('has amounts by the decimals of the currency', async () => {
    const shop = { ...SHOP, currency: 'CLP', decimals: 0 };
    expect((await onlyOrder('address,name,total\nA,B,1250', shop))?.total).toBe(1250);
    const { errors } = await check('address,name,total\nA,B,12.50', { shop });
    expect(errors).toEqual([
      { row: 2, column: 'total', message: 'must be an amount of CLP with at most 0 decimals, as 1250' },
    ]);
  });
});

describe('what is wrong is told by row and column', () => {
  const wrongCell = async (column: string, cell: string) => {
    const { errors } = await check(`address,name,${column}\nA,B,"${cell}"`);
    return errors.map(({ row, column }) => `${row} ${column}`);
  };

  test.each([
    ['total', '1.234'],
    ['total', '-5'],
    ['total', '$ 12'],
    ['tip', '99999999999999'],
    ['lat', 'south'],
    ['lng', '200'],
    ['email', 'nobody'],
    ['Phone', '1'.repeat(41)],
    ['notes', 'x'.repeat(2001)],
    ['notes', 'a\0b'],
    ['items', '0x Air'],
    ['items', '2x Pizza @ free'],
    ['proof', 'blood'],
    ['moneda', 'USD'],
    ['listo', '24/12/2026 18:00'],
    ['ready_at', '2026-13-45 99:00'],
    ['ready_at', 'tomorrow'],
    ['ready_at', '2036-01-01 10:00'],
    ['external_id', 'x'.repeat(201)],
  ])('%s: %j', async (column, cell) => {
    const told = await wrongCell(column, cell);
    expect(told).not.toEqual([]);
    for (const where of told) expect(where).toMatch(/^2 /);
    expect(told).toContain(`2 ${column}`);
  });

  test('all of it, in each row', async () => {
    const { rows, orders, errors } = await check(
      [
        'external_id,direccion,nombre,desde,hasta,importe',
        'A,Calle 1,Ana,,,1',
        'B,,Ana,2020-01-01 10:00,2020-01-01 11:00,x',
        'A,Calle 2,Eva,,,1',
        'C,Calle 3,Ana,2026-11-23 12:00,,',
        'D,Calle 4,Ana,2026-11-23 12:00,2026-11-23 11:00,',
        'E,Calle 5,Ana',
        'F,Calle 6,Ana,,,1,too many',
        'G,Calle 7,Ana,2020-01-01 10:00,2020-01-01 11:00,',
      ].join('\n'),
    );
    expect({ rows, good: orders.map(({ row }) => row) }).toEqual({ rows: 8, good: [2] });
    expect(errors.map(({ row, column, message }) => `${row} ${column} ${message}`)).toEqual([
      '3 importe must be an amount of UYU with at most 2 decimals, as 1250.50',
      '3 direccion is needed',
      '4 external_id is that of row 2 as well',
      '5 hasta is needed',
      '6 hasta must not be before `from`',
      '7 null has 3 cells, the header has 6',
      '8 null has 7 cells, the header has 6',
      '9 desde lies in the past',
    ]);
  });

  test('what a cell needs beside it, by the name that its column would have', async () => {
    const missing = async (text: string) => (await check(text)).errors.map(({ column }) => column);
    expect(await missing('address,name,lat\nA,B,-34')).toEqual(['dropoff_lng']);
    expect(await missing('address,name,pickup_phone\nA,B,099')).toEqual(['pickup_address', 'pickup_name']);
    expect(await missing('address,name,desde\nA,B,2026-11-23 10:00')).toEqual(['window_to']);
  });

  test('a pickup, where the merchant has no usual one', async () => {
    const shop = { ...SHOP, hasPickup: false };
    const { errors } = await check('address,name\nA,B', { shop });
    expect(errors).toMatchObject([{ row: 2, column: 'pickup_address' }]);
    expect(await onlyOrder('address,name,pickup_address\nA,B,C', shop)).toMatchObject({
      pickup: { address: 'C' },
    });
  });

  test('the header, and then no row', async () => {
    const told = async (text: string) =>
      (await check(text)).errors.map(({ row, column, message }) => `${row} ${column} ${message}`);
    expect(await told('')).toEqual([
      '1 dropoff_address is a column that is needed',
      '1 dropoff_name is a column that is needed',
      '1 null has no orders below it',
    ]);
    expect(await told('address,name')).toEqual(['1 null has no orders below it']);
    expect(await told('address\nx')).toEqual(['1 dropoff_name is a column that is needed']);
    expect(await told('address,name,Adress\nx,y,z')).toEqual(['1 Adress is not a column that is known here']);
    expect(await told('address,direccion,name\nx,y,z')).toEqual([
      '1 direccion means the same as the column "address"',
    ]);
    expect(await told('address,name,\nx,y,z')).toEqual(['2 null has text in column 3, which has no name']);
    expect(await told('address,name,\nx,y,')).toEqual([]);
  });

  test('what comes before the place where the file breaks off, and that place', async () => {
    const { errors } = await check('address,name\n,A\nB,C\n"D,E\nF,G\n');
    expect(errors.map(({ row, column }) => [row, column])).toEqual([
      [4, null],
      [2, 'address'],
    ]);
  });
});

test('unknown columns are passed over when that is asked for', async () => {
  const { orders, errors } = await check('address,name,SKU,__proto__\nA,B,C,D', { ignoreUnknown: true });
  expect([orders.length, errors]).toEqual([1, []]);
});

test('what the export tells besides is passed over always, and no column of an import is called so', async () => {
  const { errors } = await check(
    `address,name,${EXPORTED_ONLY.join(',')}\nA,B${',x'.repeat(EXPORTED_ONLY.length)}`,
  );
  expect(errors).toEqual([]);
  const names = Object.entries(IMPORT_COLUMNS).flatMap(([name, { aliases }]) => [name, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
  expect(EXPORTED_ONLY.filter((name) => names.includes(name))).toEqual([]);
});

test('the documentation names each column, and whatever else it may be called', () => {
  const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  const words = new Set(page.match(/\w+/g));
  const names = Object.entries(IMPORT_COLUMNS).flatMap(([name, { aliases }]) => [name, ...aliases]);
  expect(names.filter((name) => !words.has(name))).toEqual([]);
});
