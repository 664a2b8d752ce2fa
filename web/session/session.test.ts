import { expect, test } from 'vitest';
import { authorisedFetch } from './api.ts';
import { ApiProblem } from './problem.ts';
import { keepSession, openSession, type Session, type SessionHost, type SessionUser } from './session.ts';

const USER: SessionUser = {
  ...{ id: 'u', merchantId: 'm', name: 'Ana', email: null, role: 'driver', driverId: 'd' },
};

/** Tabs of one browser: they share storage, lock and channel; the server counts what it was asked. */
function fakeBrowser() {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const refreshed: string[] = [];
  const server = { refuse: null as null | Response, offline: false, meanwhile: () => {} };
  const clock = { now: 0 };
  let turn: Promise<unknown> = Promise.resolve();
  const listeners: { from: object; listen: (event: MessageEvent) => void }[] = [];
  const openTab = (): Session => {
    const own = {};
    return openSession('driver', {
      storage,
      now: () => clock.now,
      locks: {
        // One after the other, as Web Locks have it.
        request: ((_: string, work: () => Promise<string>) => {
          const mine = turn.then(work);
          turn = mine.catch(() => undefined);
          return mine;
        }) as unknown as LockManager['request'],
      },
      channel: {
        postMessage: (data: unknown) => {
          const event = { data } as MessageEvent; // all of it that is read
          for (const { from, listen } of listeners) if (from !== own) listen(event);
        },
        addEventListener: (_: string, listen: unknown) => {
          listeners.push({ from: own, listen: listen as (event: MessageEvent) => void });
        },
      } as NonNullable<SessionHost['channel']>,
      fetch: async (url, init) => {
        if (server.offline) throw new TypeError('Failed to fetch');
        const { refreshToken } = JSON.parse(String(init?.body));
        if (String(url).endsWith('/logout')) return new Response(null, { status: 204 });
        refreshed.push(refreshToken);
        const n = refreshed.length;
        server.meanwhile();
        await Promise.resolve();
        return (
          server.refuse ??
          Response.json({
            user: USER,
            accessToken: `access-${n}`,
            refreshToken: `refresh-${n}`,
            expiresIn: 600,
          })
        );
      },
    });
  };
  keepSession({ user: USER, accessToken: 'a', refreshToken: 'first', expiresIn: 600 }, storage);
  return { openTab, refreshed, server, clock, kept, storage };
}

const problem = (status: number, code: string): Response =>
  Response.json({ status, code, detail: code }, { status });

test('many who ask at once are one exchange', async () => {
  const { openTab, refreshed } = fakeBrowser();
  const session = openTab();
  const tokens = await Promise.all([1, 2, 3].map(() => session.accessToken()));
  expect(tokens).toEqual(['access-1', 'access-1', 'access-1']);
  expect(refreshed).toEqual(['first']);
});

test('two tabs never exchange the same token, and one exchange serves both', async () => {
  const { openTab, refreshed } = fakeBrowser();
  const [one, two] = [openTab(), openTab()];
  expect(await Promise.all([one.accessToken(), two.accessToken()])).toEqual(['access-1', 'access-1']);
  expect(refreshed).toEqual(['first']);
});

test('a token is replaced before it expires, by the newest refresh token', async () => {
  const { openTab, refreshed, clock } = fakeBrowser();
  const session = openTab();
  await session.accessToken();
  clock.now = 560_000;
  expect(await session.accessToken()).toBe('access-1');
  clock.now = 575_000;
  expect(await session.accessToken()).toBe('access-2');
  expect(refreshed).toEqual(['first', 'refresh-1']);
});

test('without a network the driver stays who they are', async () => {
  const { openTab, server } = fakeBrowser();
  server.offline = true;
  const session = openTab();
  await expect(session.accessToken()).rejects.toMatchObject({ code: 'network' });
  expect(session.user()).toEqual(USER);
});

test('a refusal ends the session in each tab; a portal’s 401 does not', async () => {
  const { openTab, server } = fakeBrowser();
  const [one, two] = [openTab(), openTab()];
  const told: unknown[] = [];
  two.onChange((user) => told.push(user));
  server.refuse = new Response('<html>Log in to our Wi-Fi', { status: 401 });
  await expect(one.accessToken()).rejects.toMatchObject({ code: 'unknown' });
  expect(two.user()).toEqual(USER);
  server.refuse = problem(401, 'unauthenticated');
  await expect(one.accessToken()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect([one.user(), two.user()]).toEqual([null, null]);
  expect(told).toEqual([null]);
});

test('who logs out is gone here at once, network or not', async () => {
  const { openTab, server, kept } = fakeBrowser();
  const session = openTab();
  server.offline = true;
  await session.logOut();
  expect(session.user()).toBeNull();
  expect(kept.size).toBe(0);
});

test.each([null, problem(401, 'unauthenticated')])(
  'a log-in while an old token is exchanged is not lost',
  async (refuse) => {
    const { openTab, server, storage, refreshed } = fakeBrowser();
    server.refuse = refuse;
    server.meanwhile = () => {
      server.meanwhile = () => {
        server.refuse = null;
      };
      keepSession({ user: USER, accessToken: 'b', refreshToken: 'newer', expiresIn: 600 }, storage);
    };
    const session = openTab();
    expect(await session.accessToken()).toBe('access-2');
    expect(refreshed).toEqual(['first', 'newer']);
    expect(session.user()).toEqual(USER);
  },
);

/** A server that answers in turn, and a page that waits no real time. */
function fakeRequests(...answers: (Response | Error)[]) {
  const { openTab } = fakeBrowser();
  const asked: (string | null)[] = [];
  const paused: number[] = [];
  const request = authorisedFetch(openTab(), {
    fetch: async (_, init) => {
      asked.push(new Headers(init?.headers).get('Authorization'));
      const answer = answers.shift() ?? Response.json({});
      if (answer instanceof Error) throw answer;
      return answer;
    },
    sleep: async (ms) => {
      paused.push(ms);
    },
  });
  return { request, asked, paused };
}

test('a 401 asks for a fresh token and repeats, once', async () => {
  const { request, asked } = fakeRequests(problem(401, 'unauthenticated'));
  expect((await request('/v1/orders')).status).toBe(200);
  expect(asked).toEqual(['Bearer access-1', 'Bearer access-2']);
  const again = fakeRequests(problem(401, 'unauthenticated'), problem(401, 'unauthenticated'));
  await expect(again.request('/v1/orders')).rejects.toMatchObject({ status: 401 });
});

test('a GET is tried again as the server says; a POST is not', async () => {
  const busy = () =>
    Response.json({ code: 'unavailable', detail: '' }, { status: 503, headers: { 'Retry-After': '3' } });
  const { request, asked, paused } = fakeRequests(busy(), new TypeError('Failed to fetch'));
  expect((await request('/v1/orders')).status).toBe(200);
  expect([asked.length, paused[0]]).toEqual([3, 3000]);
  const post = fakeRequests(busy());
  await expect(post.request('/v1/orders', { method: 'POST' })).rejects.toMatchObject({ retryAfter: 3 });
  expect(post.asked).toHaveLength(1);
});

test('a problem keeps its fields, and what else it tells', async () => {
  const body = {
    ...{ status: 422, code: 'unprocessable', detail: 'No.', missing: ['pin'], requestId: 'r' },
    errors: [{ path: 'dropoff.contact.name', message: 'is needed' }],
  };
  const { request } = fakeRequests(Response.json(body, { status: 422 }));
  const caught = await request('/x', { method: 'POST' }).catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(ApiProblem);
  if (!(caught instanceof ApiProblem)) return;
  expect(caught).toMatchObject({ code: 'unprocessable', requestId: 'r', extra: { missing: ['pin'] } });
  expect([caught.fieldError('dropoff'), caught.fieldError('drop')]).toEqual(['is needed', undefined]);
});

test('who gives up is told so, and the exchange goes on for the others', async () => {
  const { openTab, refreshed } = fakeBrowser();
  const session = openTab();
  const leaving = new AbortController();
  const gone = session.accessToken(leaving.signal);
  const stays = session.accessToken();
  leaving.abort();
  await expect(gone).rejects.toMatchObject({ code: 'aborted' });
  expect(await stays).toBe('access-1');
  expect(refreshed).toHaveLength(1);
});
