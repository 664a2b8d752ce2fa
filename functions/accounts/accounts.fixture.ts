import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer, TestApp } from '../../tests/support/app.ts';
import type { Merchant } from './merchant.ts';
import type { Session } from './sign-in.ts';

export type Problem = { code: string; detail: string; errors?: { path: string; message: string }[] };
export type SignedUp = Session & { merchant: Merchant };

export const PASSWORD = 'correct horse battery';

/** An email that no other test has. */
export const anEmail = (): string => `maria.${randomUUID()}@cafesur.example`;

/** A business of the test's own, by the API. */
export async function signedUp({ request }: TestApp, input: Record<string, unknown> = {}): Promise<SignedUp> {
  const answer = await request<SignedUp>('POST', '/v1/merchants', {
    body: { name: 'Café Sur', email: anEmail(), password: PASSWORD, ...input },
  });
  expect(answer.status).toBe(201);
  return answer.body;
}

export const refreshWith = ({ request }: TestApp, refreshToken: string): Promise<Answer<Session & Problem>> =>
  request('POST', '/v1/auth/refresh', { body: { refreshToken } });

export const loginWith = (
  { request }: TestApp,
  email: string | null,
  password = PASSWORD,
): Promise<Answer<Session & Problem>> => request('POST', '/v1/auth/login', { body: { email, password } });

/** The paths that a problem names, each once. */
export const paths = ({ body }: Answer<Problem>): string[] => [
  ...new Set(body.errors?.map(({ path }) => path)),
];

/** The token of an invitation's link. */
export const tokenOf = (inviteUrl: string): string => inviteUrl.split('/').at(-1) ?? '';
