import { exportJWK, generateKeyPair } from 'jose';
import { findFreePort } from '../../db/embedded/port.ts';
import { type Client, createClient } from './client.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { type Program, startProgram } from './process.ts';

export type Cluster = {
  /** A client for each copy of the API. */
  apis: Client[];
  functions: Program[];
  workers: Program[];
  realtime: Program;
  database: TestDatabase;
  end: () => Promise<void>;
};

/** Copies of the API and of the worker on one database, with one room host: as in production, without the supervisor. */
export async function startCluster(copies: { functions: number; workers: number }): Promise<Cluster> {
  const database = await createTestDatabase();
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const signingKeys = JSON.stringify([{ ...(await exportJWK(privateKey)), kid: 'test' }]);
  const ports = await freePorts(copies.functions + copies.workers + 1);
  const [realtimePort = 0, ...others] = ports;
  const functionsPorts = others.slice(0, copies.functions);
  const workerPorts = others.slice(copies.functions);
  const realtimeUrl = `http://127.0.0.1:${realtimePort}`;
  const shared = {
    HOST: '127.0.0.1',
    DROPMATE_SECRET: database.secret,
    LOG_LEVEL: 'warn',
    PUBLIC_URL: realtimeUrl,
  };

  const functions = functionsPorts.map((port) =>
    startProgram('functions', {
      env: {
        ...shared,
        PORT: String(port),
        DATABASE_URL: database.ownerUrl,
        REALTIME_INTERNAL_URL: realtimeUrl,
        DROPMATE_SIGNUP: 'on',
        SIGNING_KEYS: signingKeys,
      },
    }),
  );
  const realtime = startProgram('realtime', {
    env: { ...shared, PORT: String(realtimePort), FUNCTIONS_URL: `http://127.0.0.1:${functionsPorts[0]}` },
  });
  const workers = workerPorts.map((port) =>
    startProgram('worker', {
      env: {
        ...shared,
        PORT: String(port),
        DATABASE_URL: database.ownerUrl,
        REALTIME_INTERNAL_URL: realtimeUrl,
      },
    }),
  );
  const programs = [realtime, ...functions, ...workers];
  await Promise.all(programs.map((program, i) => program.answers(`http://127.0.0.1:${ports[i]}/readyz`)));
  return {
    apis: functionsPorts.map((port) => createClient(`http://127.0.0.1:${port}`)),
    functions,
    workers,
    realtime,
    database,
    end: async () => {
      await Promise.all(programs.map((program) => program.end('SIGKILL')));
      await database.drop();
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await findFreePort());
  return [...ports];
}
