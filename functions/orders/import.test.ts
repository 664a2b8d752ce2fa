import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { addOrder, expectLogToFold, type Order, type Problem } from '../../tests/support/orders.ts';
import type { ImportResult } from './import.ts';

type Refusal = Omit<Problem, 'errors'> & {
  rows: number;
  valid: number;
  errors: { row: number; column: string; path: string }[];
};

let app: TestApp;
let merchant: TestMerchant;
let asked: { addresses: string[]; now: number; most: number };
/** What happens while the geocoder is asked: after the rows were checked. */
let meanwhile: () => Promise<void>;

beforeAll(async () => {
  app = await createTestApp({
    geocoder: async (address) => {
      asked.addresses.push(address);
      if (asked.addresses.length === 1) await meanwhile();
      asked.most = Math.max(asked.most, ++asked.now);
      await new Promise((resolve) => setImmediate(resolve));
      asked.now--;
      return address.startsWith('Nowhere') ? undefined : { lat: -34.9, lng: -56.2 };
    },
  });
});
beforeEach(async () => {
  merchant = await app.addMerchant();
  asked = { addresses: [], now: 0, most: 0 };
  meanwhile = async () => {};
});
afterAll(() => app.end());

type Options = { query?: string; key?: string; token?: string; type?: string };
const send = <T = ImportResult>(
  file: BlobPart,
  { query = '', key, token, type = 'text/csv' }: Options = {},
) =>
  app.request<T>('POST', `/v1/orders/import${query}`, {
    token: token ?? merchant.token,
    body: new Blob([file], { type }),
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  });
const rowsOf = async (table: string, { id } = merchant): Promise<number> =>
  (await app.owner`select count(*)::int as n from ${app.owner(table)} where merchant_id = ${id}`)[0]?.n;
const sheet = (...rows: string[]) => ['external_id,address,name,phone', ...rows].join('\r\n');
const wrongOf = ({ body }: { body: Refusal }) => body.errors.map(({ row, column }) => `${row} ${column}`);

const GOOD = sheet('A,"Calle 1, ""B""",Ana,+598 99 1', 'B,Nowhere,Eva,', ',Calle 3,"Line\nbreak",099 1');

describe('a sheet of orders', () => {
  test('becomes orders as if each had been created, in the order of the rows', async () => {
    const { status, body } = await send(GOOD);
    expect(status).toBe(201);
    expect(body).toEqual({
      dryRun: false,
      rows: 3,
      valid: 3,
      skipped: 0,
      unplaced: 1,
      errors: [],
      created: [expect.any(String), expect.any(String), expect.any(String)],
    });
    const found = await Promise.all(
      body.created.map(async (id) => (await app.request<Order>('GET', `/v1/orders/${id}`, merchant)).body),
    );
    expect(found).toMatchObject([
      {
        number: 1,
        externalId: 'A',
        dropoff: { address: 'Calle 1, "B"', location: { lat: -34.9, lng: -56.2 }, contact: { name: 'Ana' } },
        pickup: { address: 'Ituzaingó 1480' },
        needsPlacing: false,
        trackingUrl: expect.stringMatching(/\/t\/[\w-]{22}$/),
      },
      { number: 2, externalId: 'B', needsPlacing: true },
      { number: 3, externalId: null, dropoff: { contact: { name: 'Line\nbreak' } } },
    ]);
    for (const { id } of found) {
      const [line] = await expectLogToFold(app, merchant, id);
      expect(line).toMatchObject({ actor: { type: 'manager', id: merchant.userId } });
    }
    expect(await rowsOf('outbox')).toBe(3);
    const page = await app.request<string>('GET', new URL(found[0]?.trackingUrl ?? '').pathname);
    expect(page.status).toBe(200);
  });

  test('is only checked by a dry run', async () => {
    const { status, body } = await send(GOOD, { query: '?dryRun=true', key: 'dry' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ dryRun: true, rows: 3, valid: 3, created: [] });
    expect([await rowsOf('orders'), asked.addresses]).toEqual([0, []]);
    // It has not used the key up.
    expect((await send(GOOD, { key: 'dry' })).status).toBe(201);
  });

  test('with bad rows is 422 with each of them, and nothing is imported; a dry run tells the same', async () => {
    await addOrder(app, merchant, { externalId: 'HERE' });
    const file = sheet('A,Calle 1,Ana,', 'B,,Ana,', 'HERE,Calle 2,Ana,', 'A,Calle 3,,', 'C,Calle 4,Ana,,');
    for (const query of ['', '?dryRun=true']) {
      const answer = await send<Refusal>(file, { query, key: `bad${query.length}` });
      expect(answer.status).toBe(422);
      expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
      expect(answer.body).toMatchObject({
        code: 'unprocessable',
        rows: 5,
        valid: 1,
        dryRun: query !== '',
        created: [],
      });
      expect(wrongOf(answer)).toEqual(['3 address', '4 external_id', '5 name', '6 null']);
      expect(answer.body.errors[0]).toEqual({
        path: '3.address',
        row: 3,
        column: 'address',
        message: 'is needed',
      });
    }
    expect([await rowsOf('orders'), asked.addresses]).toEqual([1, []]);
  });

  test('of which some are here already is refused, or imported without those', async () => {
    await addOrder(app, merchant, { externalId: 'A' });
    const refused = await send<Refusal>(GOOD);
    expect([refused.status, wrongOf(refused)]).toEqual([422, ['2 external_id']]);
    const { status, body } = await send(GOOD, { query: '?onDuplicate=skip' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ rows: 3, skipped: 1, valid: 3 });
    expect(body.created).toHaveLength(2);
    const again = await send(sheet('A,x,y,', 'B,x,y,'), { query: '?onDuplicate=skip' });
    expect(again.body).toMatchObject({ rows: 2, skipped: 2, created: [] });
    expect(await rowsOf('orders')).toBe(3);
    // Of another merchant it is no duplicate.
    const other = await app.addMerchant();
    expect((await send(GOOD, { token: other.token })).status).toBe(201);
  });

  test('of 2,000 rows is imported whole; one more is too many', { timeout: 60_000 }, async () => {
    const row = (n: number) => `W-${n},"Calle ${n % 40}, Montevideo",Ana ${n},+598 99 ${100_000 + n}`;
    const rows = Array.from({ length: 2000 }, (_, n) => row(n));
    const tooMany = await send<Refusal>(sheet(...rows, row(2000)));
    expect([tooMany.status, wrongOf(tooMany)]).toEqual([422, ['2002 null']]);
    const { status, body } = await send(sheet(...rows));
    expect(status, JSON.stringify(body).slice(0, 300)).toBe(201);
    expect(new Set(body.created).size).toBe(2000);
    expect([asked.addresses.length, asked.most]).toEqual([40, 8]);
    const found = await app.owner`select id, number, external_id from orders
      where merchant_id = ${merchant.id} order by number`;
    expect(found.map(({ id }) => id)).toEqual(body.created);
    expect(found.at(-1)).toMatchObject({ number: 2000, external_id: 'W-1999' });
    expect([await rowsOf('outbox'), await rowsOf('customers')]).toEqual([2000, 2000]);
  });
});

describe('an import that fails in the midst', () => {
  test('leaves nothing behind, and can be sent again with its key', async () => {
    await app.owner.unsafe(`
      create function refuse_last() returns trigger language plpgsql as $$ begin
        if new.external_id = 'LAST' then raise exception 'no'; end if; return new; end $$;
      create trigger refuse_last before insert on orders for each row execute function refuse_last();`);
    // More than one statement's worth, of which all but the last row went well.
    const file = sheet(...Array.from({ length: 300 }, (_, n) => `W-${n},Calle 1,Ana,`), 'LAST,Calle 2,Eva,');
    expect((await send(file, { key: 'mid' })).status).toBe(500);
    for (const table of [
      'orders',
      'outbox',
      'customers',
      'delivery_updates',
      'idempotency_keys',
      'order_counters',
    ]) {
      expect(await rowsOf(table), table).toBe(0);
    }
    await app.owner.unsafe('drop trigger refuse_last on orders; drop function refuse_last()');
    const { status, body } = await send(file, { key: 'mid' });
    expect([status, body.created.length, await rowsOf('orders')]).toEqual([201, 301, 301]);
  });

  test('while another one is being written is told to come again', async () => {
    await app.owner.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended(${`dropmate import ${merchant.id}`}, 0))`;
      const answer = await send<Problem>(GOOD);
      expect([answer.status, answer.body.code, answer.headers.get('Retry-After')]).toEqual([
        409,
        'conflict',
        '2',
      ]);
    });
    expect((await send(GOOD)).status).toBe(201);
  });

  test('because an order has come meanwhile names its row, or passes it over', async () => {
    const file = sheet('A,Calle 1,Ana,', 'B,Calle 2,Eva,');
    meanwhile = async () => {
      await addOrder(app, merchant, { externalId: 'B' });
    };
    const answer = await send<Refusal>(file);
    expect([answer.status, wrongOf(answer), await rowsOf('orders')]).toEqual([422, ['3 external_id'], 1]);
    merchant = await app.addMerchant();
    asked.addresses = [];
    const { status, body } = await send(file, { query: '?onDuplicate=skip' });
    expect([status, body.skipped, body.created.length, await rowsOf('orders')]).toEqual([201, 1, 1, 2]);
  });

  test('because the usual pickup has gone meanwhile creates nothing', async () => {
    meanwhile = async () => {
      await app.owner`update merchants set pickup = null where id = ${merchant.id}`;
    };
    expect((await send(GOOD)).status).toBe(409);
    expect(await rowsOf('orders')).toBe(0);
    const answer = await send<Refusal>(GOOD);
    expect([answer.status, wrongOf(answer)]).toEqual([
      422,
      ['2 pickup_address', '3 pickup_address', '4 pickup_address'],
    ]);
  });

  test('twice at once is one import', async () => {
    const file = sheet('A,Calle 1,Ana,', 'B,Calle 2,Eva,');
    const answers = await Promise.all([1, 2, 3].map(() => send(file)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    for (const status of statuses) expect([201, 409, 422]).toContain(status);
    expect(await rowsOf('orders')).toBe(2);
  });
});

describe('an import with an Idempotency-Key', () => {
  test('that is sent again does nothing and is answered as at first', async () => {
    const first = await send(GOOD, { key: 'same' });
    const geocoded = asked.addresses.length;
    const again = await send(GOOD, { key: 'same' });
    expect([again.status, again.headers.get('Idempotency-Replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect([await rowsOf('orders'), asked.addresses.length]).toEqual([3, geocoded]);
  });

  test('of another file, or with other options, is another request', async () => {
    await send(GOOD, { key: 'other' });
    for (const answer of [
      await send<Problem>(sheet('Z,Calle 1,Ana,'), { key: 'other' }),
      await send<Problem>(GOOD, { key: 'other', query: '?onDuplicate=skip' }),
    ]) {
      expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([422, 'Idempotency-Key']);
    }
    expect(await rowsOf('orders')).toBe(3);
  });
});

describe('a file that is none', () => {
  const NASTY: [string, BlobPart][] = [
    ['nothing', ''],
    ['blanks', '\r\n\r\n , ,\n'],
    ['one column', 'address\nCalle 1\n'],
    ['no header', 'A,Calle 1,Ana,099\n'],
    ['a quote that stays open', sheet('"A,Calle 1,Ana,', 'B,Calle 2,Eva,')],
    ['a quote in a cell', sheet('A,Calle "1",Ana,', 'B,Calle 2,Eva,')],
    ['too few cells', sheet('A,Calle 1')],
    ['a huge cell', sheet(`A,"${'x'.repeat(1_000_000)}",Ana,`)],
    ['a long cell', sheet(`A,"${'x'.repeat(501)}",Ana,`)],
    ['a NUL', sheet('A,Calle\0 1,Ana,')],
    ['JSON', '{"orders":[{"dropoff":{}}]}'],
    ['HTML', '<html><body>Log in</body></html>'],
    ['commas', ','.repeat(100_000)],
    ['quotes', '"'.repeat(99_999)],
    ['line breaks', '\n'.repeat(100_000)],
    ['an old header', '__proto__,constructor,address,name\n1,2,Calle 1,Ana'],
  ];
  test.each(NASTY)('but %s is 422 and says where', async (_, file) => {
    const answer = await send<Refusal>(file);
    expect(answer.status, JSON.stringify(answer.body)).toBe(422);
    expect(answer.body.errors.length).toBeGreaterThan(0);
    for (const { row } of answer.body.errors) expect(row).toBeGreaterThan(0);
    expect(await rowsOf('orders')).toBe(0);
  });

  test('but bytes that are no text is 400', async () => {
    const zip = new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe, 0x00, 0x80]);
    const answer = await send<Problem>(zip);
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining('CSV UTF-8')]);
    const latin = Uint8Array.from(Buffer.from(sheet('A,Sarandí 1,Ana,'), 'latin1'));
    expect((await send(latin)).status).toBe(400);
  });

  test('or another type, or longer than 2 MB, is refused as such', async () => {
    expect((await send(GOOD, { type: 'application/json' })).status).toBe(415);
    expect((await send(GOOD, { type: '' })).status).toBe(415);
    expect((await send(sheet('x'.repeat(2 * 1024 * 1024)))).status).toBe(413);
    for (const query of ['?dryRun=maybe', '?onDuplicate=x', '?unknownColumns=x']) {
      expect((await send(GOOD, { query })).status).toBe(400);
    }
  });

  test('as spreadsheets save it: with a mark, with semicolons, in UTF-16', async () => {
    const lines = ['dirección;nombre;total', 'Sarandí 1;Ñandú;12,50'].join('\r\n');
    const utf16 = Uint8Array.from(Buffer.from(`\ufeff${lines.replaceAll(';', '\t')}`, 'utf16le'));
    for (const file of [`\ufeff${lines}`, lines, utf16]) {
      const { status, body } = await send(file, { type: 'text/csv; charset=utf-8' });
      expect(status, JSON.stringify(body)).toBe(201);
      const order = await app.request<Order>('GET', `/v1/orders/${body.created[0]}`, merchant);
      expect(order.body).toMatchObject({
        total: 1250,
        dropoff: { address: 'Sarandí 1', contact: { name: 'Ñandú' } },
      });
    }
  });
});

describe('who may import', () => {
  test('is who may create orders', async () => {
    const driver = await app.addDriver(merchant.id);
    const reader = await app.addApiKey(merchant.id, ['orders:read', 'customers:write']);
    expect((await send(GOOD, { token: driver.token })).status).toBe(403);
    expect((await send(GOOD, { token: reader.token })).status).toBe(403);
    expect((await send(GOOD, { token: 'x' })).status).toBe(401);
    expect(await rowsOf('orders')).toBe(0);
    const key = await app.addApiKey(merchant.id, ['orders:write']);
    expect((await send(GOOD, { token: key.token })).status).toBe(201);
  });
});
