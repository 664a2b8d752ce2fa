import { exportJWK, generateKeyPair } from 'jose';

export type Places = {
  databaseUrl: string;
  secret: string;
  /** What clients open: the proxy. */
  publicUrl: string;
  functions: readonly string[];
  realtime: string;
  workers: readonly string[];
};

type Environment = Record<string, string>;

/** The environment of each process of an installation whose public address is a proxy before all copies of functions. */
export async function clusterEnvironments(
  places: Places,
): Promise<{ functions: Environment[]; realtime: Environment; workers: Environment[] }> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const shared = {
    HOST: '127.0.0.1',
    DROPMATE_SECRET: places.secret,
    LOG_LEVEL: 'warn',
    PUBLIC_URL: places.publicUrl,
  };
  const inner = { ...shared, DATABASE_URL: places.databaseUrl, REALTIME_INTERNAL_URL: places.realtime };
  const at = (url: string): Environment => ({ PORT: new URL(url).port });
  const signingKeys = JSON.stringify([{ ...(await exportJWK(privateKey)), kid: 'test' }]);
  return {
    functions: places.functions.map((url) => ({
      ...inner,
      ...at(url),
      DROPMATE_SIGNUP: 'on',
      // Load from one address, by a handful of users.
      RATE_LIMIT_PER_CREDENTIAL: '0',
      RATE_LIMIT_PER_ADDRESS: '0',
      SIGNING_KEYS: signingKeys,
    })),
    realtime: { ...shared, ...at(places.realtime), FUNCTIONS_URL: places.publicUrl },
    workers: places.workers.map((url) => ({ ...inner, ...at(url) })),
  };
}
