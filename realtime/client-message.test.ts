import { expect, test } from 'vitest';
import { parseClientMessage } from './client-message.ts';

const fix = { type: 'fix', seq: 1, lat: -34.9, lng: -56.2, fixedAt: '2026-11-22T10:00:00.000Z' };

test.each([
  ['a fix', JSON.stringify(fix), null],
  ['a ping', '{"type":"ping"}', null],
  ['bytes', new ArrayBuffer(2), 'bad_json'],
  ['no JSON', '{"type"', 'bad_json'],
  ['a list', '[]', 'bad_json'],
  ['null', 'null', 'bad_json'],
  ['a text', '"ping"', 'bad_json'],
  ['no type', '{}', 'unknown_type'],
  ['a type that is not known', '{"type":"shout","text":"hi"}', 'unknown_type'],
  ['a message without an id of its own', '{"type":"message","id":"1","text":"hi"}', 'invalid'],
  ['a type that every object has', '{"type":"constructor"}', 'unknown_type'],
  ['a fix without a time', JSON.stringify({ ...fix, fixedAt: undefined }), 'invalid'],
  ['a fix off the Earth', JSON.stringify({ ...fix, lat: 91 }), 'invalid'],
  ['a fix with more than is known', JSON.stringify({ ...fix, extra: true }), 'invalid'],
  ['4 KB exactly', JSON.stringify({ type: 'x', a: 'y'.repeat(4096 - 20) }), 'unknown_type'],
  ['more than 4 KB', JSON.stringify({ type: 'ping', a: 'y'.repeat(4096) }), 'too_large'],
  [
    'more than 4 KB in bytes, not in characters',
    JSON.stringify({ type: 'ping', a: '漢'.repeat(1500) }),
    'too_large',
  ],
])('%s', (_, raw, code) => {
  const parsed = parseClientMessage(raw);
  expect(parsed.ok ? null : parsed.code).toBe(code);
});
