import type { Command } from 'commander';
import { examples, wholeNumber } from '../options.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

/** `fiducial plot rules`: how update rules go down a valley. */
export function addRules(plot: Command): void {
  const command = plot
    .command('rules')
    .description('six update rules on their way down one valley; moves as SVG, stands still as PNG')
    .option('--steps <count>', 'steps that each of them makes', wholeNumber(1, 1000), 120);
  addFigureOptions(command)
    .addHelpText('after', examples('fiducial plot rules --out rules.svg'))
    .action(async (flags: FigureFlags & { readonly steps: number }) => {
      const { ruleAnimation } = await import('../../plot/rule-animation.ts');
      await writeFigure(flags, ruleAnimation({ steps: flags.steps, theme: flags.theme }));
    });
}
