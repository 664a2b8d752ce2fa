import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readEnvironment } from '../../functions/environment.ts';
import { readEnvironment as readWorker } from '../../machines/worker/environment.ts';
import { Config } from '../../realtime/config.ts';
import { Keys } from '../signing-keys/rotate.ts';
import type { State } from './flyctl.fixture.ts';
import { changes, createOperator, type Operator, type Run, removeOperators } from './run.fixture.ts';

// Each call of flyctl is a process: on a busy machine a launch takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SCRIPTS = readdirSync(import.meta.dirname).filter((name) => !name.includes('.'));
const LAUNCH = ['--app', 'shop', '--org', 'me', '--region', 'gru', '--yes'];
const machine = (app: string, state = 'started', name = '') => ({ [app]: [{ id: `m-${app}`, name, state }] });
const RUNNING = {
  apps: ['shop', 'shop-realtime', 'shop-worker', 'shop-backup', 'shop-postgres'],
  machines: {
    ...machine('shop'),
    ...machine('shop-realtime'),
    ...machine('shop-worker'),
    ...machine('shop-postgres'),
    ...machine('shop-backup', 'stopped', 'hourly'),
  },
};
const APP = ['--app', 'shop'];

/** Arguments with which each script has something to do. */
const USES: Record<string, string[]> = {
  backup: APP,
  'dead-letters': [...APP, 'redrive'],
  deploy: [...APP, '--label', 'new'],
  destroy: APP,
  launch: LAUNCH.slice(0, -1),
  migrate: APP,
  restore: APP,
  rollback: [...APP, '--to', 'old'],
  scale: [...APP, 'functions', '--count', '4'],
  'secrets-rotate': APP,
};

describe('every script', () => {
  test('says what it does, and does nothing then', () => {
    for (const script of SCRIPTS) {
      const run = createOperator().run(script, ['--help']);
      expect(run, script).toMatchObject({ code: 0, calls: [] });
      expect(run.stdout, script).toContain(`scripts/fly/${script}`);
      expect(run.stdout, script).not.toContain('shellcheck');
    }
  });

  test('refuses what it does not know', () => {
    for (const script of SCRIPTS) {
      expect(createOperator(RUNNING).run(script, [...APP, '--nonsense']), script).toMatchObject({
        code: 2,
        calls: [],
      });
      expect(createOperator(RUNNING).run(script, ['--app']).code, script).toBe(2);
      expect(createOperator(RUNNING).run(script, ['--app', '../x']).code, script).not.toBe(0);
    }
  });

  test('changes nothing in a dry run, and says what it would do', () => {
    for (const [script, args] of Object.entries(USES)) {
      const operator = createOperator(RUNNING);
      const before = operator.state();
      const run = operator.run(script, [...args, '--dry-run']);
      expect(run.code, `${script}: ${run.stderr}`).toBe(0);
      expect(changes(run), script).toEqual([]);
      expect(operator.state(), script).toEqual(before);
      expect(run.stderr, script).toContain('would');
      expect(readdirSync(operator.folder), script).not.toContain('fly.env');
    }
  });

  test.each([
    'dead-letters',
    'deploy',
    'destroy',
    'launch',
    'migrate',
    'restore',
    'rollback',
    'scale',
    'secrets-rotate',
  ])('%s does nothing unasked: without a terminal it wants --yes', (script) => {
    const run = createOperator(RUNNING).run(script, USES[script]);
    expect(run.code).toBe(1);
    expect(changes(run)).toEqual([]);
    expect(run.stderr).toContain('--yes');
  });
});

// A launch takes some fifty calls: one serves all tests that want an installation.
let launch: Run;
let launched: State;
let secretsFile: { mode: number; text: string };

beforeAll(() => {
  const operator = createOperator();
  launch = operator.run('launch', LAUNCH);
  launched = operator.state();
  const file = join(operator.folder, 'secrets/shop.env');
  secretsFile = { mode: statSync(file).mode & 0o777, text: readFileSync(file, 'utf8') };
});
afterAll(removeOperators);

describe('launch', () => {
  test('makes an installation whose processes understand what they are given', () => {
    expect(launch.code, launch.stderr).toBe(0);
    const { secrets, machines, volumes } = launched;
    const functions = readEnvironment({
      ...secrets.shop,
      PUBLIC_URL: 'https://shop.fly.dev',
      REALTIME_INTERNAL_URL: 'http://shop-realtime.internal:8080',
    });
    expect(Keys.parse(functions.SIGNING_KEYS)).toHaveLength(1);
    expect(secrets['shop-realtime']).toEqual({ DROPMATE_SECRET: functions.DROPMATE_SECRET });
    expect(new URL(functions.DATABASE_URL).password).toBe(secrets['shop-postgres']?.POSTGRES_PASSWORD);
    expect(secrets['shop-backup']?.DATABASE_URL).toBe(functions.DATABASE_URL);
    // What runs all day does not hold the owner's password.
    expect(secrets['shop-worker']?.DATABASE_URL).toBe(
      'postgres://dropmate@shop-postgres.internal:5432/dropmate',
    );
    // What watches the database sees no orders in it.
    const watching = new URL(secrets['shop-prometheus']?.DATA_SOURCE_NAME ?? '');
    const made = launch.calls.find(({ stdin }) => stdin.includes('create role dropmate_monitor'));
    expect(watching.username).toBe('dropmate_monitor');
    expect(watching.searchParams.get('sslmode')).toBe('disable');
    expect(made?.stdin).toContain(`password '${watching.password}'`);
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(['shop-postgres', 'shop-backup']));
    for (const app of [
      'shop',
      'shop-realtime',
      'shop-worker',
      'shop-postgres',
      'shop-backup',
      'shop-prometheus',
    ])
      expect(machines[app], app).toHaveLength(1);
  });

  test('shows no secret in what it runs or prints, and keeps them readable for one alone', () => {
    const shown = launch.stdout + launch.stderr + launch.calls.map(({ words }) => words.join(' ')).join('\n');
    for (const values of Object.values(launched.secrets)) {
      for (const [name, value] of Object.entries(values)) {
        const secret = value.startsWith('postgres://') ? new URL(value).password : value;
        if (secret) expect(shown.includes(secret), name).toBe(false);
      }
    }
    expect(secretsFile.mode).toBe(0o600);
    expect(secretsFile.text).toContain(
      `DROPMATE_SECRET=${launched.secrets['shop-realtime']?.DROPMATE_SECRET}\n`,
    );
  });

  test('run again makes nothing anew and sets nothing back', () => {
    const { secrets } = launched;
    const rotated = { ...secrets, shop: { ...secrets.shop, SIGNING_KEYS: '[rotated]' } };
    const operator = createOperator({ ...launched, secrets: rotated });
    const again = operator.run('launch', LAUNCH);
    expect(again.code, again.stderr).toBe(0);
    expect(changes(again).filter((text) => /^(apps|volumes|secrets|machine run)/.test(text))).toEqual([]);
    expect(operator.state().secrets).toEqual(rotated);
  });

  test('goes on where it failed, with the same secrets', () => {
    const operator = createOperator({ failing: 'secrets import --app shop-worker' });
    expect(operator.run('launch', LAUNCH).code).not.toBe(0);
    const secret = operator.state().secrets.shop?.DROPMATE_SECRET;
    expect(secret).toBeDefined();
    expect(operator.state().machines).toEqual({});
    operator.change({ failing: null });
    expect(operator.run('launch', LAUNCH).code).toBe(0);
    expect(operator.state().secrets['shop-worker']?.DROPMATE_SECRET).toBe(secret);
  });

  test('makes no Postgres where a managed one is given', () => {
    const operator = createOperator();
    const env = { DATABASE_URL: 'postgres://owner:pw@db.example:5432/shop?sslmode=require' };
    const run = operator.run('launch', [...LAUNCH, '--without-monitoring'], { env });
    expect(run.code, run.stderr).toBe(0);
    expect(operator.state().apps).toEqual(['shop', 'shop-realtime', 'shop-worker', 'shop-backup']);
    expect(operator.state().secrets['shop-worker']?.DATABASE_URL).toBe(
      'postgres://owner@db.example:5432/shop?sslmode=require',
    );
    // Its URL is nowhere kept: without it, nothing may be made up.
    const again = operator.run('launch', [...LAUNCH, '--without-monitoring']);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('set DATABASE_URL') });
    expect(changes(again)).toEqual([]);
  });

  test('leaves a Postgres of its own alone when a stray DATABASE_URL is set', () => {
    const operator = createOperator();
    const settings = 'DROPMATE_FLY_APP=shop\nDROPMATE_FLY_DATABASE=fly\n';
    writeFileSync(join(operator.folder, 'fly.env'), settings);
    const env = { DATABASE_URL: 'postgres://me:pw@127.0.0.1:5432/other' };
    const run = operator.run('launch', LAUNCH, { env });
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('unset it') });
    expect(changes(run)).toEqual([]);
  });

  test('wants monitoring for the autoscaler', () => {
    const run = createOperator().run('launch', [...LAUNCH, '--with-autoscaler', '--without-monitoring']);
    expect(run).toMatchObject({ code: 2, calls: [] });
  });
});

test('an installation is told nothing of another one’s settings', () => {
  const operator = createOperator({ ...RUNNING, apps: [...RUNNING.apps, 'other'] });
  writeFileSync(
    join(operator.folder, 'fly.env'),
    'DROPMATE_FLY_APP=shop\nDROPMATE_FLY_REGION=gru\nDROPMATE_PUBLIC_URL=https://shop.example\n',
  );
  const words = ['--label', 'new', '--built', '--only', 'functions', '--yes'];
  const deployed = (run: Run) => changes(run).join();
  const own = deployed(operator.run('deploy', words));
  expect(own).toContain('PUBLIC_URL=https://shop.example');
  // Where the least number of Machines holds.
  expect(own).toContain('--primary-region gru');
  const others = deployed(operator.run('deploy', ['--app', 'other', ...words]));
  expect(others).toContain('PUBLIC_URL=https://other.fly.dev');
  expect(others).not.toContain('gru');
  writeFileSync(
    join(operator.folder, 'fly.other.env'),
    'DROPMATE_FLY_APP=other\nDROPMATE_PUBLIC_URL=https://other.example\n',
  );
  expect(deployed(operator.run('deploy', ['--app', 'other', ...words]))).toContain('https://other.example');
});

describe('deploy', () => {
  const deploy = (operator: Operator, args: string[] = []) =>
    operator.run('deploy', [...APP, '--label', 'new', '--yes', ...args]);
  const what = (texts: string[]) =>
    texts.map((text) => {
      const app = /--app (\S+)/.exec(text)?.[1];
      return text.includes('--build-only') ? `build ${app}` : `${text.split(' ').slice(0, 1)} ${app}`;
    });

  test('builds all, then rooms, functions with their migrations, worker, backup', () => {
    const run = deploy(createOperator(RUNNING));
    expect(run.code, run.stderr).toBe(0);
    expect(what(changes(run))).toEqual([
      'build shop-realtime',
      'build shop',
      'build shop-worker',
      'build shop-backup',
      'deploy shop-realtime',
      'deploy shop',
      'deploy shop-worker',
      'machine shop-backup',
    ]);
    const [functions] = changes(run).filter((text) => /^deploy .*--app shop .*--image /.test(text));
    expect(functions).toContain('--image registry.fly.io/shop:new');
    expect(functions).toContain('REALTIME_INTERNAL_URL=http://shop-realtime.internal:8080');
    // Sizes are the operator's once there is a Machine.
    expect(functions).not.toContain('--vm-size');
  });

  test('takes an answer that did not come for no app without Machines', () => {
    const run = deploy(createOperator({ ...RUNNING, failing: 'machine list --app shop-realtime' }), [
      '--built',
    ]);
    expect(run.code).toBe(1);
    expect(changes(run)).toEqual([]);
  });

  test('touches nothing when an image cannot be built', () => {
    const operator = createOperator({ ...RUNNING, failing: '--build-target worker' });
    const run = deploy(operator);
    expect(run.code).not.toBe(0);
    expect(what(changes(run)).every((text) => text.startsWith('build'))).toBe(true);
  });

  test('stops at the first program that fails', () => {
    const run = deploy(createOperator({ ...RUNNING, failing: '--image registry.fly.io/shop:new' }));
    expect(run.code).not.toBe(0);
    expect(what(changes(run)).slice(4)).toEqual(['deploy shop-realtime', 'deploy shop']);
  });

  test('takes images that are built, and one program alone', () => {
    const run = deploy(createOperator(RUNNING), ['--built', '--only', 'worker']);
    expect(what(changes(run))).toEqual(['deploy shop-worker']);
  });
});

test('what a deployment tells the programs, with the secrets of a launch, is all that they need', () => {
  const operator = createOperator(launched);
  const run = operator.run('deploy', [...APP, '--label', 'new', '--built', '--yes']);
  const told = (app: string, config: string): Record<string, string> => {
    const words = run.calls.find(({ words }) => words[0] === 'deploy' && words.includes(app))?.words ?? [];
    const given = words
      .filter((_, i) => words[i - 1] === '--env')
      .map((pair) => pair.split(/=(.*)/).slice(0, 2));
    const file = readFileSync(new URL(`../../${config}`, import.meta.url), 'utf8');
    const section = /^\[env\]\n([\s\S]*?)(?=^\[)/m.exec(file)?.[1] ?? '';
    const kept = [...section.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]);
    return { ...Object.fromEntries([...kept, ...given]), ...launched.secrets[app] };
  };
  expect(readEnvironment(told('shop', 'fly.toml'))).toMatchObject({ HOST: '::', METRICS_PORT: 9091 });
  expect(Config.parse(told('shop-realtime', 'machines/fly/realtime.toml'))).toMatchObject({ PORT: 8080 });
  expect(readWorker(told('shop-worker', 'machines/fly/worker.toml'))).toMatchObject({
    METRICS_PORT: 9091,
    REALTIME_INTERNAL_URL: 'http://shop-realtime.internal:8080',
  });
});

describe('rollback', () => {
  const image = (label: string) => `registry.fly.io/shop:${label}`;
  const releases = [
    { Version: 5, Status: 'complete', ImageRef: image('third') },
    { Version: 4, Status: 'complete', ImageRef: image('third') },
    { Version: 3, Status: 'failed', ImageRef: image('broken') },
    { Version: 2, Status: 'complete', ImageRef: `${image('first')}@sha256:abc` },
  ];

  test('goes to the last deployment that was good and another, without migrating', () => {
    const run = createOperator({ ...RUNNING, releases }).run('rollback', [...APP, '--yes']);
    expect(run.code, run.stderr).toBe(0);
    const images = changes(run).map((text) => /--image (\S+)/.exec(text)?.[1]);
    expect(images).toEqual([
      'registry.fly.io/shop:first',
      'registry.fly.io/shop-realtime:first',
      'registry.fly.io/shop-worker:first',
    ]);
    expect(changes(run)[0]).toContain('--skip-release-command');
  });

  test('says so when there is nothing to go back to', () => {
    const run = createOperator({ ...RUNNING, releases: releases.slice(0, 2) }).run('rollback', [
      ...APP,
      '--yes',
    ]);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('no earlier deployment') });
    expect(changes(run)).toEqual([]);
  });
});

describe('backup and restore', () => {
  test('a backup runs where the volume is, and the Machine gets its clock back', () => {
    const run = createOperator(RUNNING).run('backup', [...APP, '--drill']);
    expect(run.code, run.stderr).toBe(0);
    const [sleep, drill, resume, ...more] = changes(run);
    expect(sleep).toContain('--command sleep');
    expect(drill).toMatch(/^ssh console .*--user postgres .*dist\/backup\.js drill$/);
    expect(resume).toMatch(/backup --then-drill --schedule hourly .*--skip-start/);
    expect(more).toEqual([]);
  });

  test('a backup that fails is a failure, and the Machine gets its clock back all the same', () => {
    const operator = createOperator({ ...RUNNING, failing: '--quiet --command' });
    const run = operator.run('backup', APP);
    expect(run.code).not.toBe(0);
    expect(changes(run).at(-1)).toContain('--schedule hourly');
  });

  test('a restore stops what writes, rooms first, and afterwards starts and migrates', () => {
    const run = createOperator(RUNNING).run('restore', [...APP, '--dump', 'd1', '--yes']);
    expect(run.code, run.stderr).toBe(0);
    const brief = changes(run).map((text) =>
      /^machine (st|cordon|uncordon)/.test(text)
        ? text.split(' ').slice(1, 3).join(' ')
        : /backup\.js \w+|migrate|sleep/.exec(text)?.[0],
    );
    expect(brief).toEqual([
      'cordon m-shop',
      'cordon m-shop-realtime',
      'stop m-shop-realtime',
      'stop m-shop',
      'stop m-shop-worker',
      'sleep',
      'backup.js restore',
      'backup.js backup',
      'start m-shop',
      'migrate',
      'start m-shop-realtime',
      'start m-shop-worker',
      'uncordon m-shop',
      'uncordon m-shop-realtime',
    ]);
    expect(changes(run)[6]).toContain('restore --dump d1 --replace');
  });

  test('after a restore that failed everything runs again, and nothing is migrated', () => {
    const run = createOperator({ ...RUNNING, failing: 'restore --dump' }).run('restore', [...APP, '--yes']);
    expect(run.code).toBe(1);
    expect(changes(run).filter((text) => text.startsWith('machine start'))).toHaveLength(3);
    expect(changes(run).filter((text) => text.startsWith('machine uncordon'))).toHaveLength(2);
    expect(changes(run).join()).not.toContain('migrate');
    expect(changes(run).join()).toContain('--schedule hourly');
  });

  test('a restore that cannot stop a program, or not migrate, leaves the shop running all the same', () => {
    for (const failing of ['machine stop m-shop ', 'dist/migrate.js']) {
      const run = createOperator({ ...RUNNING, failing }).run('restore', [...APP, '--yes']);
      expect(run.code, failing).toBe(1);
      expect(changes(run).slice(-2).join(), failing).toMatch(
        /^machine uncordon m-shop .*uncordon m-shop-realtime/,
      );
      expect(run.stderr.includes('run scripts/fly/migrate'), failing).toBe(failing.includes('migrate'));
      const text = changes(run).join();
      for (const program of ['m-shop', 'm-shop-realtime', 'm-shop-worker']) {
        expect(text, failing).toContain(`machine start ${program} `);
      }
    }
  });

  test('a shop that is down is up after a restore', () => {
    const machines = {
      ...RUNNING.machines,
      shop: [
        { id: 'm1', name: '', state: 'stopped' },
        { id: 'm2', name: '', state: 'stopped' },
      ],
    };
    const run = createOperator({ ...RUNNING, machines }).run('restore', [...APP, '--yes']);
    expect(run.code, run.stderr).toBe(0);
    expect(changes(run).join()).not.toContain('machine stop m1');
    expect(changes(run).join()).toContain('machine start m1');
    expect(changes(run).join()).not.toContain('machine start m2');
    expect(changes(run).filter((text) => / m2 /.test(text))).toHaveLength(2);
  });

  test('a run of the clock is not cut off; what a killed script left is taken over', () => {
    const held = (cmd: string[]) => ({
      ...RUNNING,
      machines: {
        ...RUNNING.machines,
        'shop-backup': [{ id: 'm-shop-backup', name: 'hourly', state: 'started', config: { init: { cmd } } }],
      },
    });
    for (const script of ['backup', 'restore']) {
      const run = createOperator(held(['node', '/app/dist/backup.js'])).run(script, [...APP, '--yes']);
      expect(run, script).toMatchObject({ code: 1, stderr: expect.stringContaining('under way') });
      expect(changes(run), script).toEqual([]);
    }
    expect(createOperator(held(['sleep', '21600'])).run('backup', APP).code).toBe(0);
  });

  test('a deployment gives the backup Machine its own command, whatever it was left with', () => {
    const words = [...APP, '--label', 'new', '--built', '--only', 'backup', '--yes'];
    expect(changes(createOperator(RUNNING).run('deploy', words)).join()).toContain(
      '--command node /app/dist/backup.js backup --then-drill --schedule hourly',
    );
  });

  test('a rehearsal leaves the shop alone', () => {
    const run = createOperator(RUNNING).run('restore', [...APP, '--rehearse']);
    expect(run.code, run.stderr).toBe(0);
    expect(changes(run).join()).not.toMatch(/machine st(art|op)|--replace/);
  });
});

describe('secrets-rotate', () => {
  const withKeys = () => createOperator(launched);
  const keysOf = (operator: Operator) =>
    Keys.parse(JSON.parse(operator.state().secrets.shop?.SIGNING_KEYS ?? ''));

  test('makes a new key known before it signs, and keeps the old one', () => {
    const operator = withKeys();
    const [old] = keysOf(operator);
    const run = operator.run('secrets-rotate', [...APP, '--yes']);
    expect(run.code, run.stderr).toBe(0);
    const set = run.calls
      .filter(({ words }) => words.join(' ').startsWith('secrets import'))
      .map(({ stdin }) => Keys.parse(JSON.parse(stdin.replace('SIGNING_KEYS=', ''))).map(({ kid }) => kid));
    expect(set).toEqual([
      [old.kid, expect.any(String)],
      [set[0]?.[1], old.kid],
    ]);
    expect(run.stdout + run.stderr).not.toContain(old.d);
  });

  test('goes on where it failed, instead of making one more key', () => {
    const operator = withKeys();
    operator.change({ failing: 'signing-keys.js promote' });
    expect(operator.run('secrets-rotate', [...APP, '--yes']).code).not.toBe(0);
    operator.change({ failing: null });
    expect(operator.run('secrets-rotate', [...APP, '--yes']).code).toBe(0);
    expect(keysOf(operator)).toHaveLength(2);
  });

  test('does not finish before the old tokens are over', () => {
    const operator = withKeys();
    operator.run('secrets-rotate', [...APP, '--yes']);
    const run = operator.run('secrets-rotate', [...APP, '--finish', '--yes']);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('in use until');
    expect(keysOf(operator)).toHaveLength(2);
  });

  test('gives the database’s owner a new password where it is used, by stdin alone', () => {
    const operator = withKeys();
    const run = operator.run('secrets-rotate', [...APP, '--database', '--yes']);
    expect(run.code, run.stderr).toBe(0);
    const { secrets } = operator.state();
    const password = new URL(secrets.shop?.DATABASE_URL ?? '').password;
    expect(secrets['shop-backup']?.DATABASE_URL).toBe(secrets.shop?.DATABASE_URL);
    expect(run.calls.find(({ words }) => words.join(' ').includes('psql'))?.stdin).toContain(`'${password}'`);
    expect(run.calls.map(({ words }) => words.join(' ')).join() + run.stderr + run.stdout).not.toContain(
      password,
    );
  });
});

describe('the others', () => {
  test('scale changes count, size and disk, and knows what there can be only one of', () => {
    const operator = createOperator({
      ...RUNNING,
      volumes: { 'shop-postgres': [{ id: 'v1', name: 'postgres', size_gb: 10 }] },
    });
    const scale = (...args: string[]) => operator.run('scale', [...APP, '--yes', ...args]);
    expect(changes(scale('functions', '--count', '4'))).toEqual(['scale count 4 --app shop --yes']);
    expect(changes(scale('realtime', '--size', 'performance-1x', '--memory', '4096'))).toEqual([
      'scale vm performance-1x --app shop-realtime --vm-memory 4096',
    ]);
    expect(changes(scale('postgres', '--disk', '50'))).toEqual([
      'volumes extend v1 --app shop-postgres --size 50 --yes',
    ]);
    expect(changes(scale('postgres', '--disk', '10'))).toEqual([]);
    expect(scale('realtime', '--count', '2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('one Machine'),
    });
    expect(scale('functions', '--count', 'many').code).toBe(2);
    expect(scale('functions').code).toBe(2);
  });

  test('scale finds the backup Machine, which no deployment made', () => {
    const words = [...APP, 'backup', '--size', 'shared-cpu-2x', '--yes'];
    expect(changes(createOperator(RUNNING).run('scale', words))).toEqual([
      'machine update m-shop-backup --app shop-backup --vm-size shared-cpu-2x --skip-start --yes',
    ]);
  });

  test('dead-letters asks the worker, and passes on no more than a queue’s name', () => {
    const run = (...args: string[]) => createOperator(RUNNING).run('dead-letters', [...APP, ...args]);
    expect(changes(run())).toEqual([
      'ssh console --app shop-worker --quiet --command node /app/dist/dead-letters.js list',
    ]);
    expect(changes(run('redrive', 'room_dead', '--yes')).join()).toContain(
      'dead-letters.js redrive room_dead',
    );
    expect(run('redrive', 'a; reboot', '--yes')).toMatchObject({ code: 2, calls: [] });
    expect(run('delete')).toMatchObject({ code: 2, calls: [] });
  });

  test('psql passes on what it is given', () => {
    const run = createOperator(RUNNING).run('psql', APP, { stdin: 'select 1' });
    expect(run.calls).toMatchObject([{ stdin: 'select 1' }]);
    const elsewhere = createOperator(RUNNING).run('psql', APP, {
      env: { DROPMATE_FLY_DATABASE: 'external' },
    });
    expect(elsewhere).toMatchObject({ code: 1, calls: [] });
  });

  test('logs, status and migrate ask the app that is meant', () => {
    const operator = createOperator(RUNNING);
    expect(changes(operator.run('logs', [...APP, 'worker', '--no-tail']))).toEqual([
      'logs --app shop-worker --no-tail',
    ]);
    expect(operator.run('logs', [...APP, 'nonsense']).code).toBe(2);
    expect(operator.run('status', APP).stdout).toContain('shop-worker:\n  m-shop-worker  started');
    expect(operator.run('status', APP).stdout).toContain('shop-grafana: none');
    expect(changes(operator.run('migrate', [...APP, '--yes'])).join()).toContain('dist/migrate.js');
  });

  test('doctor is content with what runs, and says what to do about what does not', () => {
    expect(createOperator(RUNNING).run('doctor', APP)).toMatchObject({ code: 0 });
    const { 'shop-worker': _, ...machines } = RUNNING.machines;
    const sick = createOperator({ ...RUNNING, machines }).run('doctor', APP);
    expect(sick.code).toBe(1);
    expect(sick.stdout).toMatch(/FAILED worker {10}it has no Machine\n.*→ Run scripts\/fly\/deploy/);
    const within = createOperator({ ...RUNNING, failing: 'dist/doctor.js' }).run('doctor', APP);
    expect(within.code).toBe(1);
  });

  test('destroy takes the database last, and leaves the backups when told', () => {
    const operator = createOperator({ ...RUNNING, apps: [...RUNNING.apps, 'shop-other', 'workshop'] });
    const run = operator.run('destroy', [...APP, '--yes', '--keep-backups']);
    expect(changes(run).at(-1)).toBe('apps destroy shop-postgres --yes');
    expect(operator.state().apps).toEqual(['shop-backup', 'shop-other', 'workshop']);
    expect(operator.run('destroy', [...APP, '--yes']).code).toBe(0);
    expect(operator.run('destroy', [...APP, '--yes'])).toMatchObject({ code: 0 });
  });
});

test('check-flags finds in flyctl’s help what it has written down of it', () => {
  const run = createOperator().run('check-flags', ['--dry-run']);
  expect(run.code, run.stderr).toBe(0);
  expect(run.stdout).toBe('');
  expect(run.calls.length).toBeGreaterThan(20);
});

test('the operators’ scripts are as docs/operations.md says', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  for (const script of SCRIPTS) expect(page, script).toContain(`scripts/fly/${script}`);
});
