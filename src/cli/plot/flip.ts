import { basename } from 'node:path';
import type { Command } from 'commander';
import type { KeypointSchema } from '../../data/schema.ts';
import { examples, mirrorOption, wholeNumber } from '../options.ts';
import { refuseToReplace } from '../output.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';
import { requireRow } from './rows.ts';

interface FlipFlags extends FigureFlags {
  readonly row: number;
  readonly mirror?: string;
}

/** `fiducial plot flip`: why the points of a mirrored face need other names. */
export function addFlip(plot: Command): void {
  const command = plot
    .command('flip')
    .description('a face mirrored the wrong way, its points keeping their names, and the right way')
    .argument('<table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--row <number>', 'which face, counted from 1', wholeNumber(1), 1)
    .addOption(mirrorOption());
  addFigureOptions(command)
    .addHelpText('after', examples('fiducial plot flip training.zip --row 1 --out flip.svg'))
    .action(async (path: string, flags: FlipFlags) => {
      await refuseToReplace(flags.out, flags.force);
      const [{ readTable }, { selectRows }, { flipFigure }] = await Promise.all([
        import('../../node/read-table.ts'),
        import('../../data/select.ts'),
        import('../../plot/flip.ts'),
      ]);
      const table = await readTable(path);
      requireRow(flags.row, table.rows, path);
      const { images, labels } = selectRows(table, [flags.row - 1]);
      const schema = await mirrorSchema(table.schema, flags.mirror);
      const title = `Row ${flags.row} of ${basename(path)}, mirrored`;
      await writeFigure(flags, flipFigure(images, labels, schema, { title, theme: flags.theme }));
    });
}

async function mirrorSchema(
  schema: KeypointSchema,
  path: string | undefined,
): Promise<KeypointSchema> {
  if (path === undefined) return schema;
  const [{ withMirrorPairs }, { readMirrorPairs }] = await Promise.all([
    import('../../data/mirror-pairs.ts'),
    import('../../node/read-mirror-pairs.ts'),
  ]);
  return withMirrorPairs(schema, await readMirrorPairs(path, schema.points), path);
}
