import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './error.ts';

/** The OS user that Postgres runs as when we are root, which Postgres itself refuses to be. */
export interface Account {
  uid: number;
  gid: number;
}

const OWN_USER = 'dropmate-pg';

/**
 * Whom to run Postgres as. Null: ourselves, for anyone but root. For root it is the owner of the cluster when there is
 * one, else the user `dropmate-pg`, which is created, else one that any system has.
 */
export async function chooseAccount(cluster: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = findUser(OWN_USER) ?? (await createUser()) ?? findUser('postgres') ?? findUser('nobody');
  if (!account) {
    throw new EmbeddedPostgresError(
      `Postgres does not run as root, and the user ${OWN_USER} could not be created: run DropMate as another user.`,
    );
  }
  return account;
}

function findUser(name: string): Account | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString().trim());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

// Several starts at once compete for the lock on /etc/passwd, hence the further tries.
async function createUser(): Promise<Account | undefined> {
  const shape = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      execFileSync('useradd', [...shape, '--shell', '/usr/sbin/nologin', OWN_USER], { stdio: 'pipe' });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    }
    const account = findUser(OWN_USER);
    if (account) return account;
    await delay(200);
  }
  return undefined;
}
