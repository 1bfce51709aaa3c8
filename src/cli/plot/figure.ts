import { type Command, Option } from 'commander';
import type { Theme } from '../../plot/theme.ts';
import { fileName, forceOption } from '../options.ts';
import { refuseToReplace } from '../output.ts';

/** Options of every figure. */
export interface FigureFlags {
  readonly out: string;
  readonly theme: Theme;
  readonly force: boolean;
}

/** `--out`, `--theme` and `--force`. */
export const addFigureOptions = (command: Command): Command =>
  command
    .requiredOption('--out <file>', 'the figure, .svg or .png', fileName('.svg', '.png'))
    .addOption(themeOption())
    .addOption(forceOption());

export const themeOption = (): Option =>
  new Option('--theme <name>', 'colours; auto follows the screen (PNG: light)')
    .choices(['auto', 'light', 'dark'])
    .default('auto');

/** Writes a figure in the form that its name asks for, and says so. */
export async function writeFigure({ out, force }: FigureFlags, svg: string): Promise<void> {
  await refuseToReplace(out, force);
  const { writeFileAtomically } = await import('../../node/write-file.ts');
  await writeFileAtomically(out, await pictureBytes(out, svg));
  process.stdout.write(`${out}\n`);
}

/** A figure as SVG or PNG, as the name of its file asks. */
export async function pictureBytes(path: string, svg: string): Promise<string | Uint8Array> {
  if (path.toLowerCase().endsWith('.svg')) return svg;
  const { renderPng } = await import('../../node/render-png.ts');
  return renderPng(svg);
}
