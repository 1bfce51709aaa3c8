import { once } from 'node:events';
import { counted } from '../../counted.ts';
import { crc32, crc32Text } from '../../crc32.ts';
import { InputError } from '../../errors.ts';
import { encodeModel, type Model } from '../../model/model-file.ts';
import { decoder } from '../../node/picture-decoder.ts';
import { type PictureFile, pictureFiles } from '../../node/picture-files.ts';
import { VERSION } from '../../node/version.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { Detector } from '../../predict/detector.ts';
import { countingLine } from '../counting-line.ts';
import { predictorOptions, readModels } from '../ensemble-options.ts';
import { type Interruption, listenForInterruption } from '../interruption.ts';
import { saySkipped } from '../output.ts';
import type { PhotographFlags } from '../predict.ts';
import { ahead } from './ahead.ts';
import { type BoxSource, boxSource } from './boxes.ts';
import { writeDrawing } from './drawing.ts';
import { findPoints, type LookedAt } from './find-points.ts';
import { Journal, type Subject } from './journal.ts';
import { checkOutputs, partialPath } from './outputs.ts';
import { type PictureRecord, RECORD_FORMATS, type RecordFormat, recordText } from './records.ts';
import { type Survey, surveyPictures } from './survey.ts';
import { Tally } from './tally.ts';

/** Drawings that are made at once. */
const DRAWN_AT_ONCE = 2;

/**
 * Finds the keypoints in photographs and writes or prints them. What cannot be used is reported on the
 * standard error; then the exit code is 1, though the rest is done.
 *
 * @param given files and folders
 * @throws InputError for a mistake in what was asked for, before any picture is read, and where no
 *   picture can be used
 */
export async function predictPhotographs(
  modelPath: string,
  given: readonly string[],
  flags: PhotographFlags,
): Promise<void> {
  const { out, draw } = flags;
  await checkOutputs(flags);
  await decoder();
  const models = await readModels(modelPath, flags);
  const boxes = await boxSource(flags);
  const files = (): AsyncGenerator<PictureFile> => pictureFiles(given, draw);
  const severalGiven = given.length > 1;
  const survey = await surveyPictures(files(), { boxes: boxes.table, draw, severalGiven });
  const detector = await Detector.create(models, {
    ...predictorOptions(flags),
    convention: flags.convention,
  });
  const interruption = listenForInterruption();
  try {
    const task: Task = { files, survey, detector, boxes, flags, interruption };
    if (out === undefined) await print(task);
    else await write(task, out, subjectOf(task, models));
  } finally {
    interruption.close();
    await detector.close();
  }
}

interface Task {
  readonly files: () => AsyncGenerator<PictureFile>;
  readonly survey: Survey;
  readonly detector: Detector;
  readonly boxes: BoxSource;
  readonly flags: PhotographFlags;
  readonly interruption: Interruption;
}

/** What answers depend on. */
function subjectOf({ survey, detector, boxes, flags }: Task, models: readonly Model[]): Subject {
  return {
    version: VERSION,
    model: models.map((model) => crc32Text(crc32(encodeModel(model)))).join('-'),
    build: detector.build,
    'list of pictures': `${survey.count}-${crc32Text(survey.fingerprint)}`,
    'set of boxes': crc32Text(crc32(new TextEncoder().encode(boxes.description))),
    '--refine': String(flags.refine ?? 0),
    '--flip': String(flags.flip ?? false),
    '--shift': String(flags.shift ?? 0),
    '--convention': flags.convention,
    '--draw': flags.draw ?? 'no',
  };
}

/** Prints each face as soon as it is found. */
async function print(task: Task): Promise<void> {
  const tally = new Tally();
  const { signal } = task.interruption;
  const records = tally.counting(recordsOf(task, 0));
  for await (const line of recordText(records, 'jsonl', task.detector.schema.points)) {
    if (process.stdout.write(line) || signal.aborted) continue;
    // A reader that is slower than we are; one that goes away is an interruption.
    await once(process.stdout, 'drain', { signal }).catch(() => {});
  }
  if (signal.aborted) sayInterrupted(task, tally.pictures);
  else sayFaults(tally);
}

/** Keeps what becomes of each picture beside the file, and writes the file when all are done. */
async function write(task: Task, out: string, subject: Subject): Promise<void> {
  const { detector, survey, flags, interruption } = task;
  const journal = await Journal.open<PictureRecord>(partialPath(out), subject, !!flags.resume);
  try {
    for await (const record of recordsOf(task, journal.length)) await journal.append(record);
  } finally {
    await journal.close();
  }
  if (interruption.signal.aborted && journal.length < survey.count) {
    sayInterrupted(task, journal.length);
    return;
  }
  const { points } = detector.schema;
  const tally = new Tally();
  for await (const record of journal.items()) tally.add(record);
  if (tally.faults === tally.pictures) {
    await journal.remove();
    throw new InputError(
      `${out}: no picture could be used, so nothing is written`,
      'The lines above say why each was skipped.',
    );
  }
  await writeFileAtomically(out, recordText(journal.items(), formatOf(out), points));
  await journal.remove();
  process.stdout.write(`${out}: ${counted(points.length, 'keypoint')} of ${tally.found}\n`);
  sayFaults(tally);
}

/**
 * What becomes of the pictures behind the first few, until all are done or somebody interrupts. What
 * cannot be used is reported; drawings are made.
 */
async function* recordsOf(task: Task, skip: number): AsyncGenerator<PictureRecord> {
  const { detector, boxes, flags, survey, interruption } = task;
  const line = countingLine(survey.count, 'pictures', skip);
  const looked = findPoints(behind(task.files(), skip), detector, {
    boxes: boxes.find,
    refine: flags.refine ?? 0,
  });
  const draw = async ({ file, picture, record }: LookedAt): Promise<PictureRecord> => {
    if (flags.draw !== undefined && picture && 'faces' in record) {
      await writeDrawing(flags.draw, file.name, picture, record.faces);
    }
    return record;
  };
  let done = skip;
  try {
    for await (const record of ahead(looked, DRAWN_AT_ONCE, draw)) {
      if ('fault' in record) {
        line.clear();
        saySkipped(record.fault);
      }
      yield record;
      line.show(++done);
      if (interruption.signal.aborted) return;
    }
  } finally {
    line.clear();
  }
}

async function* behind<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let index = 0;
  for await (const item of items) if (index++ >= count) yield item;
}

function sayFaults({ faults, pictures }: Tally): void {
  if (faults === 0) return;
  process.stderr.write(
    `${faults.toLocaleString('en')} of ${counted(pictures, 'picture')} could not be used\n`,
  );
  process.exitCode = 1;
}

function sayInterrupted({ survey, interruption, flags }: Task, done: number): void {
  process.exitCode = interruption.exitCode;
  // "fiducial predict … | head" has what it wants.
  if (interruption.exitCode === 0) return;
  const goOn = flags.out === undefined ? '' : '; to go on, repeat the command with --resume';
  process.stderr.write(
    `ended by ${interruption.by} after ${done.toLocaleString('en')} of ${counted(survey.count, 'picture')}${goOn}\n`,
  );
}

const formatOf = (out: string): RecordFormat =>
  RECORD_FORMATS.find((format) => out.toLowerCase().endsWith(`.${format}`))!;
