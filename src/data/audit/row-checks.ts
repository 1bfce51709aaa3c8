import { counted } from '../../counted.ts';
import { labelOf } from '../corrections.ts';
import { type Dataset, imageOf } from '../dataset.ts';
import { distanceAt, type Expectation, median } from './expectation.ts';
import type { Suspect } from './suspect.ts';

/** From so many times the usual distance on, a label is suspicious. */
const FAR = 4;
/** From so many times on it is proposed to do without it: what is hard to see is not wrong yet. */
const HOPELESS = 6;
/** Of so many labels a row has, its own usual distance is judged. */
const ENOUGH = 4;
/** Points that changed places are so many times nearer to each other's places. */
const NEARER = 2;
/** Standard deviation of the bytes of a picture that shows something. */
const LEAST_CONTRAST = 3;

/** What a row is judged by. */
export interface RowContext {
  readonly dataset: Dataset;
  readonly expected: Expectation;
  /** Whether the places were predicted from the picture, instead of being the usual ones. */
  readonly isPredicted: boolean;
}

/** A picture of one even grey, in which no label can be right. */
export function blankPicture({ dataset }: RowContext, row: number): Suspect[] {
  const image = imageOf(dataset, row);
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
  const variance = image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.length;
  if (variance >= LEAST_CONTRAST ** 2) return [];
  const words = 'the picture is blank';
  const about = { row, point: undefined, reason: 'blank', words } as const;
  return [{ ...about, distance: Number.NaN, times: Infinity, proposal: { to: undefined } }];
}

/** Labels that lie outside their picture. */
export const outsideLabels = (context: RowContext, row: number): Suspect[] =>
  pointsOf(context.dataset).flatMap((point) => {
    const label = labelOf(context.dataset, row, point);
    if (!label || !isOutside(context.dataset, label)) return [];
    const words = 'outside the picture';
    const proposal = { to: undefined };
    return [{ row, point, reason: 'outside', words, ...offBy(context, row, point), proposal }];
  });

/** Two points of which each is where the other is expected: left and right confused. */
export function swappedPairs(context: RowContext, row: number): Suspect[] {
  const { dataset, expected } = context;
  const { points, mirrorPairs } = dataset.schema;
  return mirrorPairs.flatMap(([a, b]) => {
    const [labelA, labelB] = [labelOf(dataset, row, a), labelOf(dataset, row, b)];
    if (!labelA || !labelB || [labelA, labelB].some((label) => isOutside(dataset, label)))
      return [];
    const apart = Math.hypot(...pair(context, row, a, a, b, b));
    const exchanged = Math.hypot(...pair(context, row, a, b, b, a));
    const usual = Math.hypot(expected.usual(row, a), expected.usual(row, b));
    if (!(apart > NEARER * exchanged && apart > FAR * usual)) return [];
    const swap = (point: number, other: number, to: typeof labelA): Suspect => ({
      ...{ row, point, reason: 'swapped', words: `has changed places with ${points[other]}` },
      ...offBy(context, row, point),
      proposal: { to },
    });
    return [swap(a, b, labelB), swap(b, a, labelA)];
  });
}

/** Distances of the labels of two points from two places. */
const pair = (
  { dataset, expected: { places } }: RowContext,
  row: number,
  a: number,
  placeA: number,
  b: number,
  placeB: number,
): number[] =>
  (
    [
      [a, placeA],
      [b, placeB],
    ] as const
  ).map(([point, place]) => {
    const at = 2 * (row * dataset.schema.points.length + place);
    const [x, y] = labelOf(dataset, row, point)!;
    return Math.hypot(x - places[at]!, y - places[at + 1]!);
  });

/**
 * Labels far from where they are expected; or the whole row, where that holds for most of them: then
 * they belong to another picture, or nothing is to be seen in this one.
 */
export function farLabels(context: RowContext, row: number): Suspect[] {
  const { isPredicted } = context;
  const off = pointsOf(context.dataset)
    .map((point) => ({ point, ...offBy(context, row, point) }))
    .filter(({ times }) => !Number.isNaN(times));
  const ofRow = off.length < ENOUGH ? 1 : Math.max(1, median(off.map(({ times }) => times)));
  const proposalAt = (times: number) =>
    isPredicted && times >= HOPELESS ? { to: undefined } : undefined;
  if (ofRow >= FAR) {
    const distance = median(off.map((label) => label.distance));
    const words = `most of ${counted(off.length, 'label')} are far from where they ${isPredicted ? 'are predicted' : 'usually are'}`;
    const proposal = proposalAt(ofRow);
    return [{ row, point: undefined, reason: 'row', words, distance, times: ofRow, proposal }];
  }
  const words = `far from where it ${isPredicted ? 'is predicted' : 'usually is'}`;
  return off
    .filter(({ times }) => times >= FAR * ofRow)
    .map(({ point, distance, times }) => ({
      ...{ row, point, distance, times, words },
      reason: isPredicted ? 'far' : 'unusual',
      proposal: proposalAt(times / ofRow),
    }));
}

/** How far a label is from where it is expected. */
export function offBy(
  { dataset, expected }: RowContext,
  row: number,
  point: number,
): Pick<Suspect, 'distance' | 'times'> {
  const distance = distanceAt(dataset, expected.places, row, point);
  return { distance, times: distance / expected.usual(row, point) };
}

const isOutside = ({ schema: { side } }: Dataset, label: readonly number[]): boolean =>
  label.some((value) => value < 0 || value > side);

const pointsOf = ({ schema }: Dataset): number[] => schema.points.map((_, point) => point);
