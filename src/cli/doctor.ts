import type { Command } from 'commander';
import type { Diagnosis } from './diagnosis.ts';
import { examples, jsonOption } from './options.ts';
import { printJson } from './output.ts';

/** `fiducial doctor`: what the machine offers for training, and what of it is used. */
export function setUp(command: Command): void {
  command
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `${examples('fiducial doctor', 'fiducial doctor --json')}
The exit code is 0 where training can run, else 1.
`,
    )
    .action(async (options: { readonly json?: true }) => {
      const { diagnose } = await import('./diagnosis.ts');
      const diagnosis = await diagnose();
      if (options.json) printJson(diagnosis);
      else process.stdout.write(diagnosisText(diagnosis));
      if (!diagnosis.trainingRuns) process.exitCode = 1;
    });
}

/** A diagnosis as a table: name, what was found, whether it is used, remark. */
function diagnosisText({ findings, trainingRuns }: Diagnosis): string {
  const rows = findings.map(({ name, found, used, remark = '' }) => [
    name,
    found,
    used ? 'used' : 'not used',
    remark,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const verdict = trainingRuns ? 'Training can run here.' : 'Training cannot run here.';
  return `${lines.join('\n')}\n\n${verdict}\n`;
}
