import { newVapidKeys } from './start/vapid.ts';

// dist/vapid-keys.js: prints new keys for web push, as NAME=VALUE. The private one is secret: pipe it where secrets are kept.
const { publicKey, privateKey } = newVapidKeys();
process.stdout.write(`VAPID_PUBLIC_KEY=${publicKey}\nVAPID_PRIVATE_KEY=${privateKey}\n`);
