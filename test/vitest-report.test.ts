import { describe, expect, test } from 'vitest';
import { countTests } from '../scripts/vitest-report.ts';

const file = (status: string, ...tests: string[]) => ({
  name: 'some.test.ts',
  status,
  assertionResults: tests.map((test) => ({ fullName: `a test that ${test}`, status: test })),
});
const count = (exitCode: number | null, ...testResults: ReturnType<typeof file>[]) =>
  countTests({ testResults }, exitCode);

describe('countTests', () => {
  test('counts over all files and names what was skipped', () => {
    const files = [
      file('passed', 'passed', 'passed', 'skipped'),
      file('failed', 'passed', 'failed', 'failed', 'pending', 'todo'),
    ];
    expect(count(1, ...files)).toEqual({
      passed: 3,
      failed: 2,
      skipped: ['a test that skipped', 'a test that pending', 'a test that todo'],
    });
  });

  test('a file that cannot be loaded is one failure', () => {
    expect(count(1, file('passed', 'passed'), file('failed'))).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  test('a hook that fails after its tests have passed is one failure', () => {
    expect(count(1, file('failed', 'passed'))).toMatchObject({ passed: 1, failed: 1 });
  });

  test('a crash with a report but no failed test is one failure', () => {
    expect(count(1, file('passed', 'passed'))).toMatchObject({ passed: 1, failed: 1 });
    expect(count(null, file('passed', 'passed'))).toMatchObject({ passed: 1, failed: 1 });
  });

  test('no report at all is one failure', () => {
    expect(countTests(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: [] });
  });
});
