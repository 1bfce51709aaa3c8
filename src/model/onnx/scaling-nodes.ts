import { labelOffsets, type Scaling } from '../../data/scaling.ts';
import type { KeypointSchema } from '../../data/schema.ts';
import { integers, type OnnxGraph } from './graph.ts';
import type { Place } from './network-nodes.ts';

/** As `standardise` has it. */
const LEAST_DEVIATION = 1e-6;
/** Channels, height and width: each picture on its own. */
const OF_A_PICTURE = [integers('axes', [1, 2, 3])];

/**
 * Adds what turns pictures of 0 … 255 into what a network sees: divided, then centred and scaled where
 * the scaling says so.
 *
 * @param place `input`: pictures of shape (rows, channels, side, side)
 * @returns the name of the result
 */
export function addImageScaling(
  graph: OnnxGraph,
  { imageDivisor, standardisation }: Scaling,
  { input, prefix = '' }: Place,
): string {
  const name = (what: string): string => `${prefix}${what}`;
  /** By one number, or by one for each channel. */
  const by = (operator: string, value: string, what: string, constants: readonly number[]) => {
    const shape = constants.length === 1 ? [] : [constants.length, 1, 1];
    const constant = graph.floats(name(`${what}.by`), shape, constants);
    return graph.add(operator, [value, constant], name(what));
  };
  let value = by('Div', input, 'pictures.divided', [imageDivisor]);
  if (!standardisation) return value;
  const { samplewiseCenter, samplewiseDeviation, mean, deviation } = standardisation;
  if (samplewiseCenter || samplewiseDeviation) {
    const own = graph.add('ReduceMean', [value], name('pictures.mean'), OF_A_PICTURE);
    const centred = graph.add('Sub', [value, own], name('pictures.centred'));
    if (samplewiseCenter) value = centred;
    if (samplewiseDeviation) {
      const squares = graph.add('Mul', [centred, centred], name('pictures.squares'));
      const variance = graph.add('ReduceMean', [squares], name('pictures.variance'), OF_A_PICTURE);
      const root = graph.add('Sqrt', [variance], name('pictures.root'));
      const divisor = by('Add', root, 'pictures.deviation', [LEAST_DEVIATION]);
      value = graph.add('Div', [value, divisor], name('pictures.normalised'));
    }
  }
  value = by('Sub', value, 'pictures.shifted', mean);
  return by('Div', value, 'pictures.standardised', deviation);
}

/**
 * Adds what turns a network's output into pixels.
 *
 * @returns the name of the result
 */
export function addPixels(
  graph: OnnxGraph,
  scaling: Scaling,
  schema: KeypointSchema,
  { input, prefix = '' }: Place,
): string {
  const scale = graph.floats(`${prefix}pixels.scale`, [], [scaling.labelScale]);
  const [x, y] = labelOffsets(scaling, schema);
  const offsets = schema.points.flatMap(() => [x, y]);
  const offset =
    x === y
      ? graph.floats(`${prefix}pixels.offset`, [], [x])
      : graph.floats(`${prefix}pixels.offset`, [offsets.length], offsets);
  const scaled = graph.add('Mul', [input, scale], `${prefix}pixels.scaled`);
  return graph.add('Add', [scaled, offset], `${prefix}pixels`);
}
