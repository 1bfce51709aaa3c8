import type { RandomStream } from '../../random.ts';
import type { KeypointName } from './landmarks.ts';

/** Shares of Kaggle's 7,049 rows: 2,140 are complete, 4,755 have only the four points below. */
const COMPLETE = 2140 / 7049;
const FOUR_POINTS = 4755 / 7049;
export const ALWAYS_LABELLED: readonly KeypointName[] = [
  'left_eye_center',
  'right_eye_center',
  'nose_tip',
  'mouth_center_bottom_lip',
];

/**
 * Which labels of a row are missing, in Kaggle's pattern: 30 % of the rows are complete, most others
 * have only both eye centres, the nose tip and the bottom lip, the rest lack one or two points.
 *
 * @param names the keypoints of the row
 * @returns indices into `names`
 */
export function missingPoints(random: RandomStream, names: readonly KeypointName[]): number[] {
  const lot = random.next();
  if (lot < COMPLETE) return [];
  if (lot < COMPLETE + FOUR_POINTS) {
    return [...names.keys()].filter((i) => !ALWAYS_LABELLED.includes(names[i]!));
  }
  const one = random.below(names.length);
  const two = random.below(names.length);
  return one === two ? [one] : [one, two];
}
