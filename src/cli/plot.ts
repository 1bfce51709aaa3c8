import type { Command } from 'commander';
import { examples } from './options.ts';
import { addActivations } from './plot/activations.ts';
import { addArchitecture } from './plot/architecture.ts';
import { addAugment } from './plot/augment.ts';
import { addCurves } from './plot/curves.ts';
import { addData } from './plot/data.ts';
import { addErrors } from './plot/errors.ts';
import { addFaces } from './plot/faces.ts';
import { addFlip } from './plot/flip.ts';
import { addResponses } from './plot/responses.ts';
import { addRules } from './plot/rules.ts';
import { addWeights } from './plot/weights.ts';

/** `fiducial plot`: figures of runs, models and tables. */
export function setUp(plot: Command): void {
  plot.addHelpText('after', examples('fiducial plot curves runs/net2 --out net2.svg'));
  addCurves(plot);
  addRules(plot);
  addData(plot);
  addErrors(plot);
  addFaces(plot);
  addFlip(plot);
  addAugment(plot);
  addArchitecture(plot);
  addWeights(plot);
  addActivations(plot);
  addResponses(plot);
}
