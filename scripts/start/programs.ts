import { findFreePort } from '../../db/embedded/port.ts';
import { isLoopback } from '../../db/public-address.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

type Environment = Record<string, string | undefined>;

/** Where the processes find each other. */
export interface Addresses {
  publicUrl: string;
  functions: string;
  realtime: string;
  worker: string;
  demo: string;
}

/** Chooses the inner ports. They stay the same while we run, since the others are told them once. */
export async function chooseAddresses(settings: Settings, port: number): Promise<Addresses> {
  const anywhere = settings.host === '0.0.0.0' || settings.host === '::';
  const host = anywhere ? '127.0.0.1' : settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const [realtime, worker, demo] = await findFreePorts(3);
  return {
    publicUrl: settings.publicUrl ?? `http://localhost:${port}`,
    functions: `http://${host}:${port}`,
    realtime: `http://127.0.0.1:${realtime}`,
    worker: `http://127.0.0.1:${worker}`,
    demo: `http://127.0.0.1:${demo}`,
  };
}

async function findFreePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await findFreePort());
  return [...ports];
}

/** The environment of each program: ours, without the secrets, and what that program may know. */
export function environments(
  settings: Settings,
  addresses: Addresses,
  secrets: Secrets & { databaseUrl: string },
): Record<'functions' | 'realtime' | 'worker' | 'demo', Environment> {
  const base = baseOf(settings, addresses);
  const city = settings.demo ? addresses.demo : undefined;
  const shared = { ...base, DROPMATE_SECRET: secrets.secret };
  // Who tries webhooks on this machine has the receiver on it too. What others reach must not call itself for them.
  const isOurs = settings.host === 'localhost' || isLoopback(settings.host);
  const webhooks = {
    WEBHOOKS_ALLOW_INSECURE: process.env.WEBHOOKS_ALLOW_INSECURE ?? (isOurs ? '1' : undefined),
  };
  const vapid = vapidKeys(secrets, addresses.publicUrl);
  const databaseUrl = withoutOwner(secrets.databaseUrl);
  return {
    functions: {
      ...shared,
      ...webhooks,
      PORT: new URL(addresses.functions).port || '80',
      HOST: settings.host,
      REALTIME_URL: settings.realtimeUrl ?? addresses.publicUrl,
      REALTIME_INTERNAL_URL: addresses.realtime,
      DATABASE_URL: databaseUrl,
      METRICS_PORT: settings.metricsPort,
      SIGNING_KEYS: JSON.stringify(secrets.signingKeys),
      VAPID_PUBLIC_KEY: vapid?.VAPID_PUBLIC_KEY,
      DROPMATE_SIGNUP: settings.signup,
      TILE_URL: settings.tileUrl ?? (city && `${city}/tiles/{z}/{x}/{y}.svg`),
      GEOCODER_URL: settings.geocoderUrl ?? city,
    },
    realtime: {
      ...shared,
      ...listeningAt(addresses.realtime),
      FUNCTIONS_URL: addresses.functions,
      // Rooms hold little and for long: a small young generation saves a third of the memory a room (64 kB, not 105).
      NODE_OPTIONS: '--max-semi-space-size=4',
    },
    worker: {
      ...shared,
      ...webhooks,
      ...servicesOf(process.env),
      ...vapid,
      HOST: '127.0.0.1',
      METRICS_PORT: new URL(addresses.worker).port,
      DATABASE_URL: databaseUrl,
      REALTIME_INTERNAL_URL: addresses.realtime,
    },
    demo: {
      ...base,
      ...listeningAt(addresses.demo),
      DEMO_API_URL: addresses.functions,
      DEMO_EMAIL: secrets.demo.email,
      DEMO_PASSWORD: secrets.demo.password,
    },
  };
}

/** Only migrations act as the owner; the programs log in as roles of their own (db/roles.ts). */
function withoutOwner(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.username = '';
  url.password = '';
  return url.href;
}

function baseOf(settings: Settings, addresses: Addresses): Environment {
  const { DATABASE_URL, DROPMATE_SECRET, SIGNING_KEYS, PORT, HOST, METRICS_PORT, ...others } = process.env;
  const { SMTP_URL, SMS_AUTH_TOKEN, VAPID_PRIVATE_KEY, ...rest } = others;
  return { ...rest, PUBLIC_URL: addresses.publicUrl, LOG_LEVEL: settings.logLevel };
}

/** What the worker alone is told, of the services that it sends by. */
function servicesOf({ SMTP_URL, SMS_AUTH_TOKEN }: Environment): Environment {
  return { SMTP_URL, SMS_AUTH_TOKEN };
}

/** Those that we are given, else our own: so web push works on one machine too. */
function vapidKeys({ vapid }: Pick<Secrets, 'vapid'>, publicUrl: string): Environment | undefined {
  const { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT } = process.env;
  if (VAPID_PUBLIC_KEY) return { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT };
  return (
    vapid && {
      VAPID_PUBLIC_KEY: vapid.publicKey,
      VAPID_PRIVATE_KEY: vapid.privateKey,
      // Apple's service takes no address on this machine.
      VAPID_SUBJECT:
        VAPID_SUBJECT || (publicUrl.startsWith('https:') ? publicUrl : 'mailto:dropmate@example.com'),
    }
  );
}

function listeningAt(address: string): Environment {
  const { hostname, port } = new URL(address);
  return { HOST: hostname, PORT: port };
}
