import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Augmentation } from '../../data/augmentation.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Engine } from '../../engine/engine.ts';
import { InputError } from '../../errors.ts';
import type { SheetFace } from '../../plot/face-sheet.ts';
import type { Recipe } from '../../train/recipe.ts';
import { addEngineOptions, type EngineFlags, engineOptions } from '../engine-options.ts';
import { examples, seedOption } from '../options.ts';
import { refuseToReplace } from '../output.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';
import { requireRow, rowNumbers } from './rows.ts';

interface AugmentFlags extends FigureFlags, EngineFlags {
  readonly augmentation?: string;
  readonly recipe?: string;
  readonly rows?: readonly number[];
  readonly seed: number;
}

/** Faces of a sheet, unless some are chosen. */
const FACES = 4;

/** `fiducial plot augment`: what augmentation makes of faces. */
export function addAugment(plot: Command): void {
  const command = plot
    .command('augment')
    .description('faces as training sees them: each kind of augmentation alone, and all together')
    .argument('<table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option(
      '--augmentation <json>',
      'as in a recipe, {"rotation_range":10}; default: every kind, strong enough to be seen',
    )
    .option('--recipe <recipe>', 'as a recipe has it: compact, a recipe.json or a run')
    .option(
      '--row, --rows <numbers>',
      `which faces, counted from 1: 1,5,9; default: the first ${FACES}`,
      rowNumbers,
    )
    .addOption(seedOption());
  addFigureOptions(addEngineOptions(command))
    .addHelpText(
      'after',
      examples(
        'fiducial plot augment training.zip --out augment.png',
        'fiducial plot augment training.zip --recipe compact --out compact.png',
        `fiducial plot augment training.zip --augmentation '{"elastic_range":0.03,"gamma_range":0.3}' --out soft.svg`,
      ),
    )
    .action(async (path: string, flags: AugmentFlags) => {
      if (flags.augmentation !== undefined && flags.recipe !== undefined) {
        command.error('error: --augmentation and --recipe: one of the two says what is shown');
      }
      await refuseToReplace(flags.out, flags.force);
      const [
        { readTable },
        { selectRows },
        { findMirrorAxis },
        { Engine },
        { augmentSheet },
        { GALLERY, ingredientsOf },
      ] = await Promise.all([
        import('../../node/read-table.ts'),
        import('../../data/select.ts'),
        import('../../data/mirror-axis.ts'),
        import('../../engine/engine.ts'),
        import('../../plot/augment-sheet.ts'),
        import('../../plot/ingredients.ts'),
      ]);
      const { augmentation = GALLERY, mirrorAxis: wanted } = await chosen(flags);
      const ingredients = ingredientsOf(augmentation);
      const table = await readTable(path);
      if (table.schema.points.length === 0) {
        throw new InputError(`${path}: has no keypoints`, 'Give a table with labels.');
      }
      for (const row of flags.rows ?? []) requireRow(row, table.rows, path);
      const first = Array.from({ length: Math.min(FACES, table.rows) }, (_, i) => i);
      const mirrorAxis = wanted === 'auto' ? findMirrorAxis(table) : undefined;
      const schema = { ...table.schema, mirrorAxis };
      const faces = selectRows({ ...table, schema }, flags.rows?.map((row) => row - 1) ?? first);
      const engine = await Engine.start(engineOptions(flags));
      try {
        const shown = [
          { name: 'as it is', strength: '', augmentation: {} },
          ...ingredients,
          ...(ingredients.length > 1 ? [{ name: 'together', strength: '', augmentation }] : []),
        ];
        const columns = [];
        for (const { augmentation: own, ...words } of shown) {
          columns.push({ ...words, faces: await seenFaces(engine, faces, own, flags.seed) });
        }
        await writeFigure(
          flags,
          augmentSheet(columns, {
            title: `${basename(path)} as training sees it`,
            note: 'Each picture is one random draw within its range. Rings: keypoints, moved with the picture.',
            theme: flags.theme,
          }),
        );
      } finally {
        await engine.close();
      }
    });
}

/** What is to be shown, as far as it is said. */
async function chosen({
  augmentation,
  recipe,
}: AugmentFlags): Promise<Partial<Pick<Recipe, 'augmentation' | 'mirrorAxis'>>> {
  if (augmentation !== undefined) return { augmentation: await parse(augmentation) };
  if (recipe === undefined) return {};
  const { chooseRecipe } = await import('../recipe-options.ts');
  return chooseRecipe(recipe, { set: [] });
}

async function parse(text: string): Promise<Augmentation> {
  const [{ parseJson }, { augmentationSchema }] = await Promise.all([
    import('../../json.ts'),
    import('../../data/augmentation-schema.ts'),
  ]);
  return parseJson(augmentationSchema, text, '--augmentation');
}

/** Faces and their points as the first step of a training would show them to a network. */
async function seenFaces(
  engine: Engine,
  faces: Dataset,
  augmentation: Augmentation,
  seed: number,
): Promise<SheetFace[]> {
  const [
    { fillOf },
    { drawTransforms },
    { mirrorPartners },
    { inPixels, scaledLabels, standardScaling },
    { asBytes, seenRows },
  ] = await Promise.all([
    import('../../data/augmentation.ts'),
    import('../../data/row-transform.ts'),
    import('../../data/mirror.ts'),
    import('../../data/scaling.ts'),
    import('../../engine/seen.ts'),
  ]);
  const { schema, rows, images } = faces;
  const { side, channels } = schema;
  const { inputs, targets } = await seenRows(
    engine,
    [channels, side, side],
    images,
    scaledLabels(faces),
    drawTransforms(augmentation, { seed, step: 0, rows }),
    {
      fill: fillOf(augmentation),
      outsidePoints: augmentation.outside_points,
      mirrorPartners: mirrorPartners(schema),
    },
  );
  const points = inPixels(targets, standardScaling(side), schema);
  const bytes = asBytes(inputs);
  const part = <T extends Uint8Array | Float32Array>(values: T, row: number): T =>
    values.subarray((row * values.length) / rows, ((row + 1) * values.length) / rows) as T;
  return Array.from({ length: rows }, (_, row) => ({
    image: part(bytes, row),
    truth: part(points, row),
  }));
}
