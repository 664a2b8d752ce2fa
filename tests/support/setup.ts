import { afterAll, afterEach } from 'vitest';
import { endPrograms } from './process.ts';

// What lands on console.error unasked is a defect that nobody would read; a test that expects it spies on it.
const complaints: string[] = [];
const original = console.error;
console.error = (...args: unknown[]) => {
  complaints.push(args.map(String).join(' '));
  original(...args);
};

afterEach(() => {
  const unexpected = complaints.splice(0);
  if (unexpected.length > 0) throw new Error(`Unexpected console.error: ${unexpected.join('\n')}`);
});

afterAll(endPrograms);
