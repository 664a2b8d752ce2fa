import { describe, expect, test } from 'vitest';
import { findDeviceToken, isDeviceToken } from './credentials.ts';
import { aRequest, FORM, JSON_TYPE, TOKEN } from './ingest.fixture.ts';
import { type IngestRequest, openRequest } from './request.ts';

const find = (change: Partial<IngestRequest>) => findDeviceToken(openRequest(aRequest(change)));
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('the device token is found', () => {
  test.each<[string, Partial<IngestRequest>]>([
    ['in Overland’s Bearer token', { headers: { authorization: `Bearer ${TOKEN}` } }],
    ['whatever the case of the scheme', { headers: { authorization: `bearer ${TOKEN}` } }],
    ['in the password of OwnTracks', { headers: basic(`bruno:${TOKEN}`) }],
    ['with an empty user name', { headers: basic(`:${TOKEN}`) }],
    ['in the parameter id', { method: 'GET', query: `id=${TOKEN}&lat=1&lon=2` }],
    ['in the parameter deviceid', { method: 'GET', query: `lat=1&lon=2&deviceid=${TOKEN}` }],
    ['in the parameter device_id', { method: 'GET', query: `device_id=${TOKEN}` }],
    ['in a form', { headers: FORM, body: `id=${TOKEN}&lat=1` }],
    [
      'in the JSON of Traccar Client 9',
      { headers: JSON_TYPE, body: JSON.stringify({ device_id: TOKEN, location: {} }) },
    ],
    ['in the JSON of Traccar Client 10', { headers: JSON_TYPE, body: JSON.stringify([{ id: TOKEN }]) }],
    ['in JSON without a content type', { body: JSON.stringify({ id: TOKEN }) }],
    ['beside another id that is none', { headers: { authorization: 'Bearer 1234' }, query: `id=${TOKEN}` }],
    ['with blanks around it, as a keyboard leaves them', { query: `id=${TOKEN}+` }],
  ])('%s', (_, change) => {
    expect(find(change)).toBe(TOKEN);
  });
});

describe('no token is', () => {
  test.each<[string, Partial<IngestRequest>]>([
    ['nothing', {}],
    ['an id of another server', { query: 'id=48241179' }],
    ['an API key', { headers: { authorization: 'Bearer dm_live_abc_0123456789abcdef0123' } }],
    ['the user name of Basic authentication', { headers: basic(`${TOKEN}:secret`) }],
    ['an unknown scheme', { headers: { authorization: `Digest ${TOKEN}` } }],
    ['broken base64', { headers: { authorization: 'Basic !!!!' } }],
    ['a token in pieces', { query: `id=${TOKEN.slice(0, 10)}` }],
    ['a token with more around it', { query: `id=x${TOKEN}` }],
    ['an object', { headers: JSON_TYPE, body: JSON.stringify({ id: { token: TOKEN } }) }],
  ])('%s', (_, change) => {
    expect(find(change)).toBeNull();
  });

  test('too short, too long or of other letters', () => {
    for (const text of [
      'dm_dev_',
      `dm_dev_${'a'.repeat(201)}`,
      'dm_dev_aaaaaaaaaaaaaaaaaaaa!',
      `${TOKEN}\n`,
    ]) {
      expect(isDeviceToken(text)).toBe(false);
    }
  });
});
