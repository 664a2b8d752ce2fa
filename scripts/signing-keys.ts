import { drop, Keys, newKey, promote, publish } from './signing-keys/rotate.ts';

// Prints a new value of SIGNING_KEYS, as NAME=VALUE, from the one in the environment: `new` (needs none), `publish`,
// `promote`, `drop`; `show` prints the ids only. What is printed but for `show` is secret: pipe it where secrets are kept.
// dist/signing-keys.js, which scripts/fly/secrets-rotate runs where the keys are.

const now = new Date();
const steps = { publish, promote, drop };

try {
  const [command = ''] = process.argv.slice(2);
  if (command === 'new') print([newKey(now)]);
  else if (command === 'show') show(read());
  else if (isStep(command)) print(steps[command](read(), now));
  else throw new Error('Usage: signing-keys.js new | show | publish | promote | drop');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function isStep(command: string): command is keyof typeof steps {
  return command in steps;
}

function read(): Keys {
  try {
    return Keys.parse(JSON.parse(process.env.SIGNING_KEYS ?? ''));
  } catch {
    throw new Error('SIGNING_KEYS is missing, or is not a list of private Ed25519 keys.');
  }
}

function print(keys: Keys): void {
  process.stdout.write(`SIGNING_KEYS=${JSON.stringify(keys)}\n`);
}

function show(keys: Keys): void {
  keys.forEach((key, i) => {
    const state = key.waiting
      ? 'published, signs nothing yet'
      : i > 0
        ? 'verifies only'
        : `signs${key.since ? ` since ${key.since}` : ''}`;
    process.stdout.write(`${key.kid}  ${state}\n`);
  });
}
