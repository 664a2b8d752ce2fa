/// <reference lib="webworker" />

// Keeps the app on the phone, so that it opens in a tunnel. What it stores is code alone: an answer of the API never.
declare const __FILES__: readonly string[];
declare const __VERSION__: string;

// The types of a worker and of a page cannot stand in one program: this one is a service worker's.
const worker = self as unknown as ServiceWorkerGlobalScope;
const FILES = __FILES__;
const CACHE = `dropmate-drive-${__VERSION__}`;
const SHELL = '/drive';

worker.addEventListener('install', (event) => {
  event.waitUntil(install());
});

/** All or nothing: half an app would fail in the street. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Their names hold a hash, so the browser's own copy is as good.
  await cache.addAll([...FILES]);
  await cache.add(new Request(SHELL, { cache: 'reload' }));
  await worker.skipWaiting();
}

worker.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('dropmate-drive-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return;
  if (request.mode === 'navigate' && pathname === SHELL) event.respondWith(openShell(request));
  else if (FILES.includes(pathname)) event.respondWith(openFile(request));
});

/** A newer one if the network has it at once; in a dead spot one would wait for half a minute. */
async function openShell(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(SHELL);
  try {
    const fresh = await fetch(request, kept === undefined ? {} : { signal: AbortSignal.timeout(3000) });
    return fresh.ok || kept === undefined ? fresh : kept;
  } catch (error) {
    if (kept === undefined) throw error;
    return kept;
  }
}

async function openFile(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

worker.addEventListener('push', (event) => {
  event.waitUntil(show(event.data));
});

/** The worker's message (docs/api.md): `{title, body, url, tag}`. A browser that shows nothing may lose its subscription. */
async function show(data: PushMessageData | null): Promise<void> {
  const { title, body, url, tag } = readPush(data);
  await worker.registration.showNotification(title ?? 'DropMate', {
    ...(body === undefined ? {} : { body }),
    ...(tag === undefined ? {} : { tag }),
    icon: '/assets/drive-icon-192.png',
    data: { url },
    requireInteraction: true,
  });
}

function readPush(data: PushMessageData | null): Partial<Record<'title' | 'body' | 'url' | 'tag', string>> {
  try {
    const message: unknown = data?.json();
    if (typeof message !== 'object' || message === null) return {};
    return Object.fromEntries(Object.entries(message).filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openApp());
});

async function openApp(): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window' });
  const open = pages.find(({ url }) => new URL(url).pathname === SHELL);
  await (open === undefined ? worker.clients.openWindow(SHELL) : open.focus());
}
