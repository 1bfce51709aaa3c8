import type { NotFinite } from '../engine/not-finite.ts';
import { InputError } from '../errors.ts';
import { type Schedule, scheduleText } from '../nn/schedule.ts';

/** Where a training came to numbers that are not finite. */
export interface DivergencePlace {
  readonly epoch: number;
  /** Number of the batch within its epoch, from 1; default: the epoch's end. */
  readonly batch?: { readonly number: number; readonly count: number } | undefined;
  readonly loss?: { readonly of: 'training' | 'validation'; readonly value: number } | undefined;
  readonly layer?: NotFinite | undefined;
}

/** A training that has come to infinite numbers, from which no way leads back. */
export class Divergence extends InputError {
  /** A smaller learning rate, as `--set` takes it. */
  readonly slower: string;

  constructor(place: DivergencePlace, learningRate: Schedule) {
    const slower = slowerRate(learningRate);
    super(
      `${placeText(place)}, training has diverged`,
      `Limit what one batch can do (--set rule.clipValue=0.1), or lower the learning rate (it is ${scheduleText(learningRate)}): --set ${slower}`,
    );
    this.slower = slower;
  }
}

function placeText({ epoch, batch, loss, layer }: DivergencePlace): string {
  const when = `epoch ${epoch}${batch ? `, batch ${batch.number} of ${batch.count}` : ''}`;
  const before = batch ? 'the update before it' : 'its last update';
  const parts = [
    ...(loss ? [`the ${loss.of} loss is ${loss.value}`] : []),
    ...(layer?.what === 'weights'
      ? [`${before} made weights of ${layer.layer} infinite or no numbers`]
      : []),
    ...(layer?.what === 'output'
      ? [`the output of ${layer.layer} is the first that is not finite, though all weights are`]
      : []),
  ];
  return `${when}: ${parts.join(', ')}`;
}

/** A tenth of a schedule's largest value. */
function slowerRate(schedule: Schedule): string {
  const tenth = (value: number): number => Number((value / 10).toPrecision(3));
  if (typeof schedule === 'number') return `learningRate=${tenth(schedule)}`;
  switch (schedule.type) {
    case 'constant':
      return `learningRate.value=${tenth(schedule.value)}`;
    case 'oneCycle':
      return `learningRate.peak=${tenth(schedule.peak)}`;
    default:
      return `learningRate.from=${tenth(schedule.from)}`;
  }
}
