import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import type { DataFigure } from '../../plot/data-sheet.ts';
import { examples } from '../options.ts';
import { refuseToReplace } from '../output.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

const FIGURES: readonly DataFigure[] = ['counts', 'patterns', 'points', 'duplicates'];

/** `fiducial plot data`: what a table holds. */
export function addData(plot: Command): void {
  const command = plot
    .command('data')
    .description(
      'what a table holds: labels, patterns of missing ones, where points lie, duplicates',
    )
    .argument('<table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .addOption(
      new Option('--figure <name>', 'one figure alone (default: all on one sheet)').choices(
        FIGURES,
      ),
    );
  addFigureOptions(command)
    .addHelpText(
      'after',
      examples(
        'fiducial plot data training.zip --out data.svg',
        'fiducial plot data training.zip --figure points --out points.png',
      ),
    )
    .action(async (path: string, flags: FigureFlags & { readonly figure?: DataFigure }) => {
      await refuseToReplace(flags.out, flags.force);
      const [{ readTable }, { dataSheet }] = await Promise.all([
        import('../../node/read-table.ts'),
        import('../../plot/data-sheet.ts'),
      ]);
      const { figure, theme } = flags;
      const table = await readTable(path);
      await writeFigure(flags, dataSheet(table, { title: basename(path), figure, theme }));
    });
}
