import type { Command } from 'commander';
import type { Dataset } from '../data/dataset.ts';
import type { TrainingData } from '../train/training-data.ts';
import { addEngineOptions, type EngineFlags, engineOptions } from './engine-options.ts';
import { examples } from './options.ts';

interface ReportFlags extends EngineFlags {
  readonly data?: string;
  readonly groups?: string;
}

/** `fiducial report`: writes the report of a run again. */
export function setUp(command: Command): void {
  command
    .argument('<run>', 'the folder of a run or of several nets')
    .option('--data <table>', 'what it was trained on (default: as run.json says, if it is there)')
    .option('--groups <table>', 'the groups that the run was split by');
  addEngineOptions(command)
    .addHelpText(
      'after',
      '\nEvery run ends with a report; write it again after an update of fiducial, or when its table is\n' +
        'at hand, without which it has no faces and no error of each keypoint.\n' +
        examples('fiducial report runs/net2', 'fiducial report runs/net2 --data training.zip'),
    )
    .action(async (run: string, flags: ReportFlags) => {
      const { trainedRuns } = await import('../node/team-folder.ts');
      for (const { path } of await trainedRuns(run)) {
        process.stdout.write(`${await reportAgain(path, flags)}\n`);
      }
    });
}

/** @returns the path of the report */
async function reportAgain(run: string, flags: ReportFlags): Promise<string> {
  const [{ hasModel, readRecipe }, { writeReport }] = await Promise.all([
    import('../node/run-folder.ts'),
    import('../node/write-report.ts'),
  ]);
  // Before the table, which takes a while to read: is this a run at all?
  await readRecipe(run);
  const data = (await hasModel(run)) ? await dataOf(run, flags) : undefined;
  return writeReport(run, { data, ...engineOptions(flags) });
}

/** What a run was trained on; undefined where no table is given and the run's own is gone. */
async function dataOf(run: string, flags: ReportFlags): Promise<TrainingData | undefined> {
  const [
    { readRecipe, readRunFacts, readRunTable },
    { readCorrectedTable },
    { readGroups },
    { crc32 },
    { trainingData },
    { InputError },
    { existsSync },
  ] = await Promise.all([
    import('../node/run-folder.ts'),
    import('../node/read-corrections.ts'),
    import('../node/read-groups.ts'),
    import('../crc32.ts'),
    import('../train/training-data.ts'),
    import('../errors.ts'),
    import('node:fs'),
  ]);
  const facts = (await readRunFacts(run))!;
  const path = flags.data ?? facts.data;
  const drawn = flags.data === undefined ? await drawnFaces(path) : undefined;
  if (flags.data === undefined && !drawn && !existsSync(path)) {
    process.stdout.write(
      `No faces in the report: ${path} is not here. Say where it is with --data.\n`,
    );
    return undefined;
  }
  const { corrections } = await readRunTable(run);
  const table = drawn ?? (await readCorrectedTable(path, corrections)).dataset;
  if (crc32(table.images) !== facts.imagesCrc32) {
    throw new InputError(
      `${path}: these are not the pictures that ${run} was trained on`,
      `It was trained on ${facts.data}; say where that is with --data.`,
    );
  }
  const groups = flags.groups ? await readGroups(flags.groups, table) : undefined;
  return trainingData(await readRecipe(run), table, groups);
}

/** The faces that "fiducial start" draws for itself; undefined for the name of a file. */
async function drawnFaces(name: string): Promise<Dataset | undefined> {
  const [, options] = /^synthesize\((\{.*\})\)$/.exec(name) ?? [];
  if (options === undefined) return undefined;
  const [{ z }, { parseJson }, { synthesize }] = await Promise.all([
    import('zod'),
    import('../json.ts'),
    import('../data/synthetic/synthesize.ts'),
  ]);
  const format = z.strictObject({ rows: z.int().positive(), seed: z.int() });
  return synthesize(parseJson(format, options, name));
}
