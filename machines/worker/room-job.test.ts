import { expect, test } from 'vitest';
import { outcomeOf } from './room-job.ts';

test.each([200, 201, 204])('a %i is done', (status) => {
  expect(outcomeOf(status)).toEqual({ status: 'done' });
});

test.each([301, 401, 403, 408, 425, 429, 500, 502, 503])('a %i is tried again', (status) => {
  expect(outcomeOf(status).status).toBe('retry');
});

test.each([400, 404, 409, 413, 422])('a %i is final', (status) => {
  expect(outcomeOf(status).status).toBe('dead');
});
