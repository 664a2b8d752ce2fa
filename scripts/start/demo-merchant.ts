import { z } from 'zod';
import { StartError } from './error.ts';
import { newDemoLogin, type Secrets } from './secrets.ts';

const CAFE = {
  name: 'Café Sur',
  timezone: 'America/Montevideo',
  currency: 'UYU',
  address: 'Durazno 1200, Barrio Sur, Montevideo',
  location: { lat: -34.91059, lng: -56.18991 },
};

/**
 * Makes sure that the demo merchant exists, through the public API like anyone's, and returns its login: `login` as it
 * was, or a new one when the address is taken by an account with another password (secrets lost, database kept).
 */
export async function ensureDemoMerchant(apiUrl: string, login: Secrets['demo']): Promise<Secrets['demo']> {
  const known = await post(`${apiUrl}/v1/auth/login`, login);
  if (known.ok) return login;
  const created = await post(`${apiUrl}/v1/merchants`, { ...CAFE, ...login });
  if (created.ok) return login;
  if (created.status !== 409) throw new StartError(`The demo merchant was refused: ${await reason(created)}`);
  const other = newDemoLogin();
  const second = await post(`${apiUrl}/v1/merchants`, { ...CAFE, ...other });
  if (!second.ok) throw new StartError(`The demo merchant was refused: ${await reason(second)}`);
  return other;
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
}

async function reason(response: Response): Promise<string> {
  const problem = z.object({ detail: z.string() }).safeParse(await response.json().catch(() => null));
  return `${response.status} ${problem.data?.detail ?? response.statusText}`;
}
