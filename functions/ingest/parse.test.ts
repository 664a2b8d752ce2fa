import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fix } from '../../domain/fix.ts';
import { MAX_FIXES } from './batch.ts';
import { aRequest, RECEIVED_AT, TOKEN } from './ingest.fixture.ts';
import { readIngest, SUCCESS } from './parse.ts';
import { INGEST_ENDPOINTS, type IngestEndpoint, type IngestRequest } from './request.ts';

/** Words that mean something to a parser, so that nonsense gets past its first doors. */
const word = fc.constantFrom(
  ...[
    'id',
    'lat',
    'lon',
    'timestamp',
    'location',
    'coords',
    'latitude',
    'longitude',
    'locations',
    'geometry',
    'coordinates',
  ],
  ...[
    'properties',
    'current',
    '_type',
    'tst',
    'battery',
    'level',
    'speed',
    'spd',
    'valid',
    'device_id',
    '__proto__',
    'toString',
  ],
);
const leaf = fc.oneof(
  fc.constantFrom(
    TOKEN,
    'location',
    '2026-11-22T10:00:00-0300',
    1_795_352_400,
    -1,
    0,
    null,
    true,
    '',
    '%',
    1e308,
    -0,
  ),
  fc.double(),
  fc.string(),
);
const nonsense = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 5 }),
  object: fc.dictionary(fc.oneof(word, fc.string()), tie('value'), { maxKeys: 6 }),
})).value;

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  nonsense.map((value) => JSON.stringify(value) ?? ''),
  fc
    .array(fc.tuple(word, fc.oneof(leaf.map(String), fc.string())), { maxLength: 8 })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&')),
);
const header = fc.option(
  fc.oneof(text, fc.constantFrom('application/json', 'Basic Og==', `Bearer ${TOKEN}`)),
  { nil: undefined },
);

const request: fc.Arbitrary<IngestRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', ''),
  query: text,
  body: text,
  headers: fc.record({
    'content-type': header,
    authorization: header,
    'x-limit-u': header,
    'x-limit-d': header,
  }),
  receivedAt: fc.constant(RECEIVED_AT),
});

describe('whatever comes', () => {
  test('nothing is thrown, and what comes out is fixes that rooms accept, oldest first, and a count', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INGEST_ENDPOINTS), request, (endpoint, sent) => {
        const { token, parse } = readIngest(endpoint, sent);
        if (token !== null) expect(token).toBe(TOKEN);
        const { fixes, rejected, ignored, device } = parse();
        for (const fix of fixes) expect(Fix.parse(fix)).toEqual(fix);
        const times = fixes.map(({ fixedAt }) => Date.parse(fixedAt));
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        expect(fixes.length).toBeLessThanOrEqual(MAX_FIXES);
        expect(Number.isInteger(rejected) && rejected >= 0).toBe(true);
        expect(ignored).toBe(fixes.length === 0 && rejected === 0);
        if (device !== undefined) expect(device).not.toContain('dm_dev_');
      }),
      { numRuns: 2000 },
    );
  });

  test('a good position comes through whatever else is around it', () => {
    const good = { lat: -34.9, lon: -56.2, timestamp: 1_795_352_400, id: TOKEN };
    fc.assert(
      fc.property(nonsense, nonsense, (before, after) => {
        // The first entry names the device of the request, so the good one comes first.
        const body = JSON.stringify([good, before, after]);
        const { token, parse } = readIngest('osmand', aRequest({ body }));
        expect(token).toBe(TOKEN);
        expect(parse().fixes.map(({ fixedAt }) => fixedAt)).toContain('2026-11-22T13:00:00.000Z');
      }),
    );
  });

  test('a list of a million things costs no more than its end', () => {
    const body = `[${'0,'.repeat(999_999)}0]`;
    expect(readIngest('osmand', aRequest({ body })).parse()).toMatchObject({
      fixes: [],
      rejected: 1_000_000,
    });
  });

  test('deep nesting is nonsense like any other', () => {
    const body = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const endpoint of INGEST_ENDPOINTS) {
      expect(readIngest(endpoint, aRequest({ body })).parse().rejected).toBe(1);
    }
  });
});

test('positions are read only when they are asked for, after the token was found good', () => {
  const { token, parse } = readIngest('osmand', aRequest({ query: `id=${TOKEN}&lat=1&lon=2` }));
  expect(token).toBe(TOKEN);
  expect(parse().fixes).toHaveLength(1);
});

test('each client gets the answer that it takes for success', () => {
  const bodies = INGEST_ENDPOINTS.map((endpoint: IngestEndpoint) => [endpoint, SUCCESS[endpoint].body]);
  expect(Object.fromEntries(bodies)).toEqual({ osmand: 'OK', owntracks: '[]', overland: '{"result":"ok"}' });
  expect(SUCCESS.owntracks.contentType).toBe('application/json');
  expect(SUCCESS.overland.contentType).toBe('application/json');
});
