import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Annotations } from '../../annotations/annotations.ts';
import type { Cropped } from '../../annotations/cropped.ts';
import { formatCoordinate } from '../../data/coordinate.ts';
import { tableHeader, tableLine } from '../../data/write-table.ts';
import { InputError } from '../../errors.ts';
import { croppedAnnotations } from '../../node/cropped-annotations.ts';
import { readAnnotations } from '../../node/read-annotations.ts';
import { writeTableLines } from '../../node/write-table.ts';
import { countingLine } from '../counting-line.ts';
import type { ImportFlags } from '../import-data.ts';
import { listenForInterruption } from '../interruption.ts';
import { printJson, refuseToReplace, saySkipped } from '../output.ts';
import { type ImportCounts, importText } from './summary.ts';

/** Where a row comes from: the picture's name, and what was cut out of it, x,y,width,height in pixels. */
const COLUMNS = ['ImageId', 'Box'];

/**
 * Reads annotations, cuts out what they are about and writes a table, a row at a time. What cannot be
 * used is reported on the standard error; then the exit code is 1, though the table holds the rest.
 *
 * @throws InputError for a mistake in the annotations, and where no row is left; then nothing is written
 */
export async function importData(path: string, flags: ImportFlags): Promise<void> {
  const { out, force } = flags;
  await refuseToReplace(out, force);
  const pictures = flags.pictures ?? (await besides(path));
  const given = await readAnnotations(path, { ...flags, pictures });
  const counts: ImportCounts = {
    rows: 0,
    missing: 0,
    beyondPicture: 0,
    outsideCrop: 0,
    empty: given.empty,
    skipped: given.faults.map(({ message }) => message),
  };
  for (const message of counts.skipped) saySkipped(message);
  const interruption = listenForInterruption();
  try {
    await writeTableLines(out, tableLines(given, { pictures, flags, counts }, interruption.signal));
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write(`ended by ${interruption.by}; nothing was written\n`);
    process.exitCode = interruption.exitCode;
    return;
  } finally {
    interruption.close();
  }
  if (counts.skipped.length > 0) process.exitCode = 1;
  const { side, channels } = flags;
  const { points } = given;
  if (flags.json) printJson({ out, side, channels, points, ...counts });
  else process.stdout.write(importText({ out, side, channels, points, ...counts }));
}

interface ImportUnderWay {
  readonly pictures: string;
  readonly flags: ImportFlags;
  readonly counts: ImportCounts;
}

/** The lines of the table; counts what becomes of the annotations. */
async function* tableLines(
  { points, columns = [], annotations }: Annotations,
  { pictures, flags, counts }: ImportUnderWay,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const line = countingLine(annotations.length, 'annotations');
  let done = 0;
  try {
    yield tableHeader({ points, columns: [...COLUMNS, ...columns] });
    for await (const { annotation, ...result } of croppedAnnotations(
      annotations,
      pictures,
      flags,
    )) {
      signal.throwIfAborted();
      line.show(++done);
      if ('fault' in result) {
        counts.skipped.push(result.fault.message);
        line.clear();
        saySkipped(result.fault.message);
      } else if (count(result.cropped, counts)) {
        const { x, y, side } = result.cropped.square;
        const box = [x, y, side, side].map(formatCoordinate).join(',');
        yield tableLine({
          ...result.cropped,
          texts: [annotation.picture, box, ...(annotation.texts ?? [])],
        });
      }
    }
  } finally {
    line.clear();
  }
  if (counts.rows === 0) {
    throw new InputError(
      `${flags.out}: no row is left, so nothing is written`,
      counts.skipped.length === 0
        ? 'Mark keypoints in one picture at least.'
        : 'The lines above say why each annotation was skipped.',
    );
  }
}

/** @returns whether it becomes a row: one without any label would teach nothing */
function count({ labels, beyondPicture, outsideCrop }: Cropped, counts: ImportCounts): boolean {
  const missing = labels.filter((value) => Number.isNaN(value)).length / 2;
  if (missing === labels.length / 2) {
    counts.empty++;
    return false;
  }
  counts.rows++;
  counts.beyondPicture += beyondPicture;
  counts.missing += missing;
  counts.outsideCrop += outsideCrop;
  return true;
}

/** The folder itself, or the one in which the file is. */
async function besides(path: string): Promise<string> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() ? path : dirname(path);
}
