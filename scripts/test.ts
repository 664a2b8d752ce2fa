import { parseCLI, startVitest, type TestCase, type Vitest } from 'vitest/node';
import { build } from './build.ts';

// `npm test`, `npm test -- domain/`, `npm test -- -t 'a name'`: builds if needed, runs Vitest, ends with one line of counts.
// `--slow` runs the long tests (*.slow.test.ts) instead.

interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
}

const counts = await run(process.argv.slice(2));
for (const line of counts.skipped) console.log(`Skipped: ${line}`);
// Where tools are meant to be complete, a test that did not run is a failure.
const complete = process.env.CI !== 'true' || counts.skipped.length === 0;
process.exitCode = counts.failed === 0 && complete ? (process.exitCode ?? 0) : 1;
const skipped = counts.skipped.length > 0 ? `, ${counts.skipped.length} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit();

async function run(args: string[]): Promise<Counts> {
  if (args.includes('--slow')) process.env.SLOW_TESTS = '1';
  try {
    await build({ ifChanged: true });
    const { filter, options } = parseCLI(['vitest', 'run', ...args.filter((arg) => arg !== '--slow')]);
    const vitest = await startVitest(filter, { ...options, watch: false });
    const counts = count(vitest, Boolean(vitest.config.testNamePattern));
    await vitest.close();
    return counts;
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

// `named`: tests were chosen by name, and the others count as not asked for.
function count(vitest: Vitest, named: boolean): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [] };
  for (const module of vitest.state.getTestModules()) {
    let failedTests = 0;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') counts.passed++;
      else if (result.state === 'skipped') counts.skipped.push(...describeSkip(test, result.note, named));
      else failedTests++;
    }
    // A file that cannot be loaded, or whose hooks fail, has failed even without a failed test.
    const broken = failedTests === 0 && !module.ok();
    counts.failed += broken ? 1 : failedTests;
  }
  counts.failed += vitest.state.getUnhandledErrors().length;
  return counts;
}

function describeSkip(test: TestCase, note: string | undefined, named: boolean): string[] {
  if (named && note === undefined) return [];
  return [`${test.fullName}: ${note ?? 'marked so, without a reason'}`];
}
