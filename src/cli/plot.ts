import type { Command } from 'commander';
import { examples } from './options.ts';
import { addCurves } from './plot/curves.ts';
import { addErrors } from './plot/errors.ts';
import { addRules } from './plot/rules.ts';

/** `fiducial plot`: figures of runs, models and tables. */
export function addPlot(program: Command): void {
  const plot = program
    .command('plot')
    .description('draw a figure as SVG or PNG')
    .addHelpText('after', examples('fiducial plot curves runs/net2 --out net2.svg'));
  addCurves(plot);
  addRules(plot);
  addErrors(plot);
}
