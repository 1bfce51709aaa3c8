import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { counted } from '../../counted.ts';
import { audit, proposals } from '../../data/audit/audit.ts';
import type { Suspect } from '../../data/audit/suspect.ts';
import { type Correction, correctionsTable } from '../../data/corrections.ts';
import type { Dataset } from '../../data/dataset.ts';
import { withMirrorPairs } from '../../data/mirror-pairs.ts';
import { InputError } from '../../errors.ts';
import { readCorrectedTable } from '../../node/read-corrections.ts';
import { readMirrorPairs } from '../../node/read-mirror-pairs.ts';
import { explainSystemError } from '../../node/system-error.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { auditPage } from '../../plot/audit-page.ts';
import { printJson, refuseExisting, shellLine } from '../output.ts';
import { textTable } from '../text-table.ts';
import { type AuditedFlags, auditedPredictions } from './audited-predictions.ts';
import { suspectsTable } from './suspects-table.ts';

export interface AuditFlags extends AuditedFlags {
  readonly corrections?: string;
  readonly mirror?: string;
  readonly out: string;
  readonly force: boolean;
  readonly json?: true;
}

const TOP = 10;

/**
 * Looks for wrong labels and writes what was found, with a proposal of corrections.
 *
 * @throws InputError where there is nothing to look at, or a file is in the way
 */
export async function runAudit(flags: AuditFlags): Promise<void> {
  const { data, out, force, mirror } = flags;
  const [page, list, proposal] = ['audit.html', 'suspects.csv', 'corrections.csv'].map((name) =>
    join(out, name),
  ) as [string, string, string];
  for (const file of [page, list, proposal]) await refuseExisting(file, force);
  const { dataset: corrected, corrections: given } = await readCorrectedTable(
    data,
    flags.corrections,
  );
  if (corrected.labels.every(Number.isNaN)) {
    throw new InputError(
      `${data}: the table has no label, so none can be wrong`,
      'Give a table with columns such as nose_tip_x and nose_tip_y.',
    );
  }
  const dataset = mirror ? await withPairs(corrected, mirror) : corrected;
  const { predicted, isKnown, source } = await auditedPredictions(dataset, flags);
  const suspects = audit(dataset, { predicted, isKnown });
  const proposed = merged(given?.corrections ?? [], proposals(suspects));
  await mkdir(out, { recursive: true }).catch((error) => {
    throw explainSystemError(error, out);
  });
  const name = basename(data);
  await writeFileAtomically(page, auditPage({ data: name, dataset, suspects, predicted, source }));
  await writeFileAtomically(list, suspectsTable(suspects, dataset, predicted));
  if (proposed.length > 0) {
    await writeFileAtomically(proposal, correctionsTable(proposed, given?.table ?? dataset));
  } else {
    // A table needs a row, and those of an older audit are about something else.
    await rm(proposal, { force: true });
  }
  const written = { data, source, page, list, proposal: proposed.length > 0 ? proposal : null };
  const counts = { suspects: suspects.length, corrections: proposed.length };
  if (flags.json) printJson({ ...written, ...counts });
  else process.stdout.write(summary(suspects, dataset, written));
}

const withPairs = async (dataset: Dataset, mirror: string): Promise<Dataset> => ({
  ...dataset,
  schema: withMirrorPairs(
    dataset.schema,
    await readMirrorPairs(mirror, dataset.schema.points),
    mirror,
  ),
});

/** What a person has corrected already stays, and what is proposed beside it is added. */
function merged(given: readonly Correction[], proposed: readonly Correction[]): Correction[] {
  const isFree = ({ row, point }: Correction): boolean =>
    !given.some(
      (other) =>
        other.row === row &&
        (other.point === point || other.point === undefined || point === undefined),
    );
  return [...given, ...proposed.filter(isFree)];
}

interface Written {
  readonly data: string;
  readonly source: string;
  readonly page: string;
  readonly list: string;
  /** `null` where nothing is proposed. */
  readonly proposal: string | null;
}

function summary(
  suspects: readonly Suspect[],
  { schema: { points }, rows }: Dataset,
  { data, source, page, list, proposal }: Written,
): string {
  const ofRows = new Set(suspects.map(({ row }) => row)).size;
  const found = `${counted(suspects.length, 'suspicious label')} in ${ofRows.toLocaleString('en')} of ${counted(rows, 'row')}; ${source}`;
  if (suspects.length === 0) return `${found}\n`;
  const top = textTable(
    ['row', 'off (px)', 'point', 'why'],
    suspects
      .slice(0, TOP)
      .map(({ row, point, distance, words }) => [
        String(row + 1),
        Number.isNaN(distance) ? '-' : distance.toFixed(1),
        point === undefined ? '*' : points[point]!,
        words,
      ]),
  );
  const next =
    proposal === null
      ? ['Nothing is proposed: write what should be changed as Row,Point,x,y']
      : [
          `Change to what is so: ${proposal}, a proposal to begin with`,
          `Train with it:        ${shellLine('fit', '--data', data, '--corrections', proposal)}`,
        ];
  return [
    `${found}\n`,
    ...top,
    '',
    `Look at them:         ${page} (all of them: ${list})`,
    ...next,
    '',
  ].join('\n');
}
