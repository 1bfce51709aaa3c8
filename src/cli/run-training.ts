import { basename } from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { InputError, inFile } from '../errors.ts';
import type { CardErrors } from '../model/card.ts';
import type { Model } from '../model/model-file.ts';
import { type FoundCheckpoint, readNewestCheckpoint } from '../node/checkpoints.ts';
import { EventFile } from '../node/event-file.ts';
import { describeMachine } from '../node/machine.ts';
import type { CorrectionsFile } from '../node/read-corrections.ts';
import type { RunFacts } from '../node/run-facts.ts';
import { RunFolder, readHistory, readRunFacts } from '../node/run-folder.ts';
import { VERSION } from '../node/version.ts';
import type { Teacher } from '../train/distillation.ts';
import { Divergence } from '../train/divergence.ts';
import type { EpochRecord } from '../train/epoch.ts';
import { splitCrc32 } from '../train/fingerprint.ts';
import type { Recipe } from '../train/recipe.ts';
import { splitNotice } from '../train/split-notice.ts';
import { Training } from '../train/training.ts';
import { trainingCard } from '../train/training-card.ts';
import { type TrainingData, trainingData } from '../train/training-data.ts';
import { type Interruption, listenForInterruption } from './interruption.ts';
import { shellLine } from './output.ts';
import { type RunShow, type RunView, runView } from './run-view.ts';
import type { KnownTeacher } from './teachers.ts';

export interface RunOptions {
  /** Folder of the run. */
  readonly out: string;
  /** Whether a run that is there already is replaced. */
  readonly force?: boolean;
  /** The newest checkpoint of the run that is there, which goes on from it; default: a new run. */
  readonly found?: FoundCheckpoint | undefined;
  /** Whether the run that is there may go on with another learning rate. */
  readonly newLearningRate?: boolean;
  /** What a person types to go on, told where the run was ended before its time. */
  readonly goOn?: string | undefined;
  /** Name of the table, for the run's facts. */
  readonly dataName: string;
  readonly groups?: ArrayLike<number> | undefined;
  /** What was corrected in the table, for the run's facts and its folder. */
  readonly corrections?: CorrectionsFile | undefined;
  /** The model whose weights a recipe with `pretrained` begins with. */
  readonly pretrained?: Model | undefined;
  /** Models that have a say in the labels; default: those of the run that goes on. */
  readonly teachers?: readonly KnownTeacher[] | undefined;
  /** What the person says for the model's card; default: what was said before. */
  readonly licence?: string | undefined;
  readonly notes?: string | undefined;
  /** The run ends after this epoch, as if it had been interrupted there. */
  readonly until?: number | undefined;
  /** Epochs from one checkpoint to the next; default: an epoch's end when 30 seconds have passed. */
  readonly checkpointEvery?: number | undefined;
  /** Closed when the run has ended. */
  readonly engine: Engine;
  /** One of our ways to show it, or a view of one's own. */
  readonly show: RunShow | RunView;
  /** Whether to write an event file for TensorBoard. */
  readonly tensorboard?: boolean | undefined;
}

/** Between two writings of model and checkpoint while training goes on, if nothing else is said. */
const SAVE_EVERY_MS = 30_000;

/**
 * Trains a recipe into a run's folder and shows how it goes.
 *
 * Ctrl-C, SIGTERM, a closed terminal or output end the run between two batches with a checkpoint, from
 * which it can go on; a second Ctrl-C ends it at once.
 *
 * @returns the best epoch, or undefined where the run was ended before the first
 */
export async function runTraining(
  recipe: Recipe,
  dataset: Dataset,
  options: RunOptions,
): Promise<EpochRecord | undefined> {
  const { out, engine, found, show } = options;
  const interruption = listenForInterruption();
  try {
    const data = inFile(options.dataName, () => trainingData(recipe, dataset, options.groups));
    const history = found ? (await readHistory(out)).slice(0, found.checkpoint.epoch) : [];
    const view = typeof show === 'string' ? runView(show, recipe.epochs, history) : show;
    const teachers = await teachersOf(options);
    const training = await Training.start(recipe, data, {
      engine,
      pretrained: options.pretrained,
      teacher: teachers && (await teacherFor(data, teachers, options, view)),
      checkpoint: found?.checkpoint,
      newLearningRate: options.newLearningRate,
      signal: interruption.signal,
      onProgress: view.progress,
      onNotice: view.notice,
    });
    refuseEnd(training, options);
    const { train, valid } = data.split;
    const split = { train: train.length, valid: valid.length };
    const known = found ? await resumedFacts(found, options) : newFacts(training, options);
    const facts = { ...known, teachers: teachers?.map((teacher) => teacher.facts) };
    const folder = found
      ? await RunFolder.resume(out, training.recipe, facts, training.epochsDone)
      : await RunFolder.create(
          out,
          recipe,
          facts,
          options.force ?? false,
          options.corrections?.text,
        );
    // From here on the run can be continued, whatever happens.
    if (!found) await folder.keep(await training.checkpoint());
    else await saveModelAgain(folder, training, found, facts);
    const note = found ? undefined : splitNotice(recipe, data);
    if (note) view.notice(note);
    view.start({ recipe: training.recipe, network: training.network, split, facts, found });
    return await trainInto(folder, training, { facts, view, interruption, options });
  } finally {
    interruption.close();
    await engine.close();
  }
}

/** The models that have a say in the labels, where there are such. */
async function teachersOf({
  teachers,
  found,
  out,
}: RunOptions): Promise<readonly KnownTeacher[] | undefined> {
  if (!found) return teachers;
  const { sameTeachers } = await import('./teachers.ts');
  return sameTeachers(out, teachers);
}

/** Teachers that are ready to look at pictures. */
async function teacherFor(
  data: TrainingData,
  teachers: readonly KnownTeacher[],
  { engine, groups }: RunOptions,
  view: RunView,
): Promise<Teacher> {
  const [{ requireTeachers, teacherNotes }, { Predictor }] = await Promise.all([
    import('./teachers.ts'),
    import('../predict/predictor.ts'),
  ]);
  requireTeachers(teachers, data);
  for (const note of await teacherNotes(teachers, data, groups)) view.notice(note);
  const models = teachers.map(({ model }) => model);
  return Predictor.create(models, { engine });
}

interface RunParts {
  readonly facts: RunFacts;
  readonly view: RunView;
  readonly interruption: Interruption;
  readonly options: RunOptions;
}

/** Trains to the end, or to where it is interrupted, and keeps what the training comes to. */
async function trainInto(
  folder: RunFolder,
  training: Training,
  { facts, view, interruption, options }: RunParts,
): Promise<EpochRecord | undefined> {
  const { keep, epochs } = training.recipe;
  const { out, engine, until, checkpointEvery, goOn } = options;
  const events = options.tensorboard ? await EventFile.create(out) : undefined;
  let isUnsaved = false;
  let savedAt = performance.now();
  const saveModel = async (): Promise<void> => {
    if (isUnsaved) await folder.save(await modelWithCard(training, facts, null));
    isUnsaved = false;
  };
  const save = async (): Promise<void> => {
    await saveModel();
    await folder.keep(await training.checkpoint());
    savedAt = performance.now();
  };
  // Loaded while the first steps are computed, which need not wait for it.
  const ending = Promise.all([
    import('../node/write-report.ts'),
    import('./remeasured-training.ts'),
    import('./measured-validation.ts'),
  ]);
  const report = async (predicted?: Float32Array): Promise<void> => {
    const [{ writeReport }] = await ending;
    await writeReport(out, { data: training.data, engine, predicted });
  };
  const isDue = (epoch: number): boolean =>
    checkpointEvery === undefined
      ? performance.now() - savedAt > SAVE_EVERY_MS
      : epoch % checkpointEvery === 0;
  try {
    for await (const epoch of training.epochs()) {
      const { best, model: _, ...record } = epoch;
      await folder.append(record);
      await events?.append(record);
      if (best || keep === 'last') isUnsaved = true;
      view.epoch(epoch, record);
      if (record.epoch === until) break;
      if (isDue(record.epoch)) await save();
    }
  } catch (error) {
    // What ended the run is what a person must hear of, even if nothing more can be written. The last
    // checkpoint stays: from one of this moment, training could only fail again.
    view.clear();
    const stopped = error instanceof Error ? error.message : String(error);
    await saveModel()
      .then(() => folder.record({ ...facts, stopped }))
      .then(() => report())
      .catch(() => {});
    throw error instanceof Divergence ? await wayOut(error, options) : error;
  }
  view.clear();
  const { bestRecord: best, epochsDone, stoppedEarly } = training;
  const isWhole = epochsDone === epochs || stoppedEarly;
  const endedBy = isWhole ? undefined : (interruption.by ?? `--until ${until}`);
  const stopped = stoppedEarly ? `early stopping after epoch ${epochsDone}` : endedBy;
  // What a person ends is safe at once; a run that comes to its end has done so when its card is written.
  if (!isWhole) await save();
  const [, { remeasuredTraining }, { measuredValidation }] = await ending;
  const validated = best && (await measuredValidation(training, engine));
  if (best) await folder.save(await modelWithCard(training, facts, validated?.errors ?? null));
  if (isWhole) await folder.keep(await training.checkpoint());
  const remeasured = isWhole
    ? await remeasuredTraining(training, engine, facts.teachers !== undefined)
    : undefined;
  await folder.record({ ...facts, stopped, remeasured });
  await report(validated?.predicted);
  if (interruption.by !== undefined) process.exitCode = interruption.exitCode;
  view.end({ best, remeasured, keep, epochsDone, out, endedBy, stoppedEarly, goOn });
  return best;
}

/** The same error with the checkpoint that is left, and how to go on from there. */
async function wayOut(error: Divergence, { out, goOn }: RunOptions): Promise<InputError> {
  // A net among several goes on alone.
  const again = goOn ?? shellLine('fit', out, '--resume');
  const { file, checkpoint } = await readNewestCheckpoint(out);
  const advice =
    checkpoint.stepsDone === 0
      ? `${error.advice} --force`
      : `The last sound state is ${file}. Go on from there with a lower learning rate: ${again} --set ${error.slower}; where it was on its way up already, begin again with --force.`;
  return new InputError(error.message, advice, { cause: error });
}

/** The model that is kept, and what it is. */
const modelWithCard = async (
  training: Training,
  facts: RunFacts,
  errors: CardErrors | null,
): Promise<Model> => ({
  ...(await training.model()),
  card: trainingCard(training, { ...facts, data: basename(facts.data) }, errors),
});

/** A killed process may have written the model of an epoch after its last checkpoint, which comes again. */
async function saveModelAgain(
  folder: RunFolder,
  training: Training,
  { checkpoint: { epoch, underway } }: FoundCheckpoint,
  facts: RunFacts,
): Promise<void> {
  const hasWeights = training.recipe.keep === 'best' || underway.rowsDone === 0;
  if (epoch > 0 && hasWeights) {
    await folder.save(await modelWithCard(training, facts, null));
  }
}

/** Where there is nothing left to train. */
function refuseEnd(training: Training, { out, until }: RunOptions): void {
  const { epochsDone, stoppedEarly, recipe, bestRecord } = training;
  if (epochsDone >= recipe.epochs) {
    throw new InputError(
      `${out}: the run is finished: it has ${epochsDone} epochs and was to have ${recipe.epochs}`,
      'To train it further, say by how many epochs: --resume --epochs +100.',
    );
  }
  if (stoppedEarly) {
    throw new InputError(
      `${out}: the run is finished: early stopping ended it after epoch ${epochsDone}, as epoch ${bestRecord!.epoch} is the best and the patience is ${recipe.patience}`,
      `To train it further, let it wait longer, such as --resume --set patience=${2 * recipe.patience!}, or for ever: --set patience=null.`,
    );
  }
  if (until !== undefined && (until <= epochsDone || until > recipe.epochs)) {
    throw new InputError(
      `--until ${until}: expected an epoch from ${epochsDone + 1} to ${recipe.epochs}, which are still to be trained`,
      'Give another epoch, or leave --until out to train to the end.',
    );
  }
}

function newFacts(
  { data, fingerprint }: Training,
  { engine, dataName, corrections, licence, notes }: RunOptions,
): RunFacts {
  const { node, platform, processor } = describeMachine();
  const { train, valid } = data.split;
  return {
    fiducial: VERSION,
    ...{ node, platform, processor },
    build: engine.build,
    threads: engine.threads,
    data: dataName,
    rows: data.table.rows,
    imagesCrc32: fingerprint.images,
    splitCrc32: splitCrc32(data),
    corrections: corrections?.facts,
    started: new Date().toISOString(),
    command: commandLine(),
    trainRows: train.length,
    validRows: valid.length,
    ...{ licence, notes },
  };
}

/** What is known about the run stays; that it went on is added. */
async function resumedFacts(
  { checkpoint }: FoundCheckpoint,
  { out, engine: { threads }, licence, notes }: RunOptions,
): Promise<RunFacts> {
  const { stopped: _, remeasured: __, ...facts } = (await readRunFacts(out))!;
  const resumption = {
    date: new Date().toISOString(),
    epoch: checkpoint.epoch,
    threads,
    command: commandLine(),
  };
  return {
    ...facts,
    licence: licence ?? facts.licence,
    notes: notes ?? facts.notes,
    resumed: [...(facts.resumed ?? []), resumption],
  };
}

/** What was typed. */
const commandLine = (): string => shellLine(...process.argv.slice(2));
