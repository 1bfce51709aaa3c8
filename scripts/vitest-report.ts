/** What is read of the report that vitest's `json` reporter writes. */
export interface VitestReport {
  readonly testResults: readonly {
    /** Path of the test file. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Tests by what became of them. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Full names of the tests that did not run. */
  readonly skipped: readonly string[];
}

/**
 * Counts the tests of a run. A failure that belongs to no test counts as one too, so that none is
 * lost: a file that cannot be loaded, a hook or a stray rejection, a crash of vitest itself.
 *
 * @param report what vitest wrote; undefined where it wrote nothing
 * @param exitCode of vitest
 * @example
 * countTests(JSON.parse(readFileSync(file, 'utf8')), 0); // { passed: 212, failed: 0, skipped: [] }
 */
export function countTests(report: VitestReport | undefined, exitCode: number | null): TestCounts {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for (const file of report?.testResults ?? []) {
    const failedBefore = failed;
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') passed++;
      else if (status === 'failed') failed++;
      else skipped.push(fullName);
    }
    if (file.status === 'failed' && failed === failedBefore) failed++;
  }
  if (exitCode !== 0 && failed === 0) failed++;
  return { passed, failed, skipped };
}
