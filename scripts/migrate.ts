import { migrate } from '../db/migrate.ts';

// What a release runs before its processes start (Fly's release_command, a Kubernetes job): dist/migrate.js.
const { DATABASE_URL: databaseUrl, DROPMATE_SECRET: secret } = process.env;
if (!databaseUrl || !secret) {
  console.error('DATABASE_URL and DROPMATE_SECRET must be set.');
  process.exit(1);
}
try {
  await migrate({ databaseUrl, secret });
  console.log('The database is up to date.');
} catch (error) {
  console.error('The migration failed:', error);
  process.exit(1);
}
