import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { type Dataset, imageOf } from '../../data/dataset.ts';
import { InputError } from '../../errors.ts';
import type { Model } from '../../model/model-file.ts';
import type { SheetFace } from '../../plot/face-sheet.ts';
import { addEngineOptions, type EngineFlags, engineOptions } from '../engine-options.ts';
import { evaluatedRows, honestPart, partText } from '../evaluated-rows.ts';
import { correctionsOption, examples } from '../options.ts';
import { refuseToReplace } from '../output.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';
import { requireRow, rowNumbers } from './rows.ts';

interface FacesFlags extends EngineFlags, FigureFlags {
  readonly data: string;
  readonly groups?: string;
  readonly corrections?: string;
  readonly rows?: readonly number[];
  readonly worst?: true;
  readonly compare?: string;
}

/** Faces of a sheet, in rows of four. */
const FACES = 16;
const NOTE = 'px: root mean squared error over the labels that are there, in pixels.';

/** `fiducial plot faces`: what a model finds in faces. */
export function addFaces(plot: Command): void {
  const command = plot
    .command('faces')
    .description(
      'faces with the points that a model finds, and the true ones where there are labels',
    )
    .argument('<model>', 'the folder of a run, or a model file')
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with images')
    .option('--row, --rows <numbers>', 'which faces, counted from 1: 1,5,9', rowNumbers)
    .addOption(new Option('--worst', `the ${FACES} faces with the largest error`).conflicts('rows'))
    .option('--compare <model>', 'another model, drawn beside the first on the same faces')
    .option('--groups <table>', 'the groups that the run was split by')
    .addOption(correctionsOption());
  addFigureOptions(addEngineOptions(command))
    .addHelpText(
      'after',
      `\nWithout --rows, the first ${FACES} faces (one face with --compare). On the table that the run was\n` +
        'trained on, --worst and the first faces are those of its validation rows.\n' +
        examples(
          'fiducial plot faces runs/net2 --data test.zip --out faces.png',
          'fiducial plot faces runs/net2 --data training.zip --worst --out worst.svg',
          'fiducial plot faces runs/net1 --compare runs/net2 --data training.zip --row 7 --out two.svg',
        ),
    )
    .action(async (path: string, flags: FacesFlags) => {
      await refuseToReplace(flags.out, flags.force);
      const [{ readModel }, { readCorrectedTable }, { faceSheet }] = await Promise.all([
        import('../../node/run-folder.ts'),
        import('../../node/read-corrections.ts'),
        import('../../plot/face-sheet.ts'),
      ]);
      const paths = flags.compare === undefined ? [path] : [path, flags.compare];
      const models: Model[] = [];
      for (const each of paths) models.push(await readModel(each));
      const { dataset: table } = await readCorrectedTable(flags.data, flags.corrections);
      const { rows, words } = await chooseRows(path, models[0]!, table, flags);
      const found: FoundFaces[] = [];
      for (const model of models) found.push(await findFaces(model, table, rows, flags));
      // Runs of two folders may have one name.
      const short = paths.map((each) => basename(each));
      const names = new Set(short).size < short.length ? paths : short;
      const faces = rows.flatMap((row, place) =>
        found.map((ofModel, i) =>
          sheetFace(ofModel, place, models.length > 1 ? names[i]! : `row ${row + 1}`),
        ),
      );
      const few = faces.length <= 2;
      await writeFigure(
        flags,
        faceSheet(faces, {
          title: `${names.join(' and ')}: ${words} of ${basename(flags.data)}`,
          columns: few ? 2 : 4,
          scale: (few ? 384 : 192) / table.schema.side,
          ...(faces.some(({ truth }) => truth) ? { note: NOTE } : {}),
          theme: flags.theme,
        }),
      );
    });
}

/** Rows of the table, counted from 0, and what they are called in the title. */
async function chooseRows(
  path: string,
  model: Model,
  table: Dataset,
  flags: FacesFlags,
): Promise<{ rows: number[]; words: string }> {
  if (flags.rows) {
    for (const row of flags.rows) requireRow(row, table.rows, flags.data);
    const words = `row${flags.rows.length === 1 ? '' : 's'} ${flags.rows.join(', ')}`;
    return { rows: flags.rows.map((row) => row - 1), words };
  }
  const { alignPoints } = await import('../../data/select.ts');
  const aligned = alignPoints(table, model.schema);
  const { parts, tableRows } = await evaluatedRows(path, model, aligned, flags.groups);
  const part = honestPart(parts);
  const all = Array.from(part.rows, (row) => tableRows[row]!);
  const wanted = flags.compare === undefined ? FACES : 1;
  if (!flags.worst) {
    const rows = all.slice(0, wanted);
    const first = `the first ${rows.length} of ${partText(part)}`;
    return { rows, words: flags.compare === undefined ? first : `row ${rows[0]! + 1}` };
  }
  const { errors } = await findFaces(model, table, all, flags);
  const rows = all
    .map((row, place) => ({ row, error: errors[place]! }))
    .filter(({ error }) => !Number.isNaN(error))
    .sort((a, b) => b.error - a.error || a.row - b.row)
    .slice(0, wanted)
    .map(({ row }) => row);
  if (rows.length === 0) {
    throw new InputError(
      `${flags.data}: no face has a label of the model's keypoints, so none can be the worst`,
      'Give a table with labels, or leave out --worst.',
    );
  }
  return { rows, words: `the worst ${rows.length} of ${partText(part)}` };
}

/** What a model finds in some rows. */
interface FoundFaces {
  /** The rows with the model's points. */
  readonly dataset: Dataset;
  /** Coordinates of shape (rows, points, 2), in pixels. */
  readonly predicted: Float32Array;
  /** RMSE of each row in pixels; `NaN` where it has no label. */
  readonly errors: readonly number[];
}

async function findFaces(
  model: Model,
  table: Dataset,
  rows: readonly number[],
  flags: FacesFlags,
): Promise<FoundFaces> {
  const [{ alignPoints, selectRows }, { requireFit }, { predictKeypoints }, { keypointErrors }] =
    await Promise.all([
      import('../../data/select.ts'),
      import('../../predict/fit-check.ts'),
      import('../../predict/predict.ts'),
      import('../../predict/errors.ts'),
    ]);
  requireFit(model, table, flags.data);
  const dataset = alignPoints(selectRows(table, rows), model.schema);
  const predicted = await predictKeypoints(model, dataset.images, engineOptions(flags));
  const errors = rows.map(
    (_, place) => keypointErrors(dataset, predicted, Uint32Array.of(place)).rmse,
  );
  return { dataset, predicted, errors };
}

function sheetFace(
  { dataset, predicted, errors }: FoundFaces,
  place: number,
  name: string,
): SheetFace {
  const values = 2 * dataset.schema.points.length;
  const face = {
    image: imageOf(dataset, place),
    predicted: predicted.subarray(place * values, (place + 1) * values),
  };
  const error = errors[place]!;
  if (Number.isNaN(error)) return { ...face, caption: name };
  return {
    ...face,
    truth: dataset.labels.subarray(place * values, (place + 1) * values),
    caption: `${name}: ${error.toFixed(2)} px`,
  };
}
