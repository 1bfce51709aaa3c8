/**
 * Everything that must hold before a change is kept: the build, the type check, the lint and all tests.
 * The last line is `N passed, N failed`, in which the first three count as one each.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTests, type TestCounts, type VitestReport } from './vitest-report.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command of this package in a shell, its output in ours. */
function run(command: string): number | null {
  console.log(`\n$ ${command}`);
  return spawnSync(command, { cwd: root, shell: true, stdio: 'inherit' }).status;
}

function runVitest(): TestCounts {
  const folder = mkdtempSync(join(tmpdir(), 'fiducial-test-'));
  const file = join(folder, 'report.json');
  try {
    const exitCode = run(
      `npx --no vitest run --reporter=default --reporter=json --outputFile.json="${file}"`,
    );
    return countTests(readReport(file), exitCode);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.log('vitest ended without a report; its tests count as one failure');
    return undefined;
  }
}

const CHECKS = {
  build: 'npm run --silent build',
  'type check': 'npx --no tsc --noEmit',
  lint: 'npx --no biome check .',
};
const failedChecks = Object.entries(CHECKS).flatMap(([name, command]) =>
  run(command) === 0 ? [] : [name],
);
const tests = runVitest();

if (tests.skipped.length > 0) {
  console.log(`${tests.skipped.length} skipped:`);
  for (const name of tests.skipped) console.log(`  ${name}`);
}
for (const name of failedChecks) console.log(`failed: ${name}`);
const passed = tests.passed + Object.keys(CHECKS).length - failedChecks.length;
const failed = tests.failed + failedChecks.length;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
