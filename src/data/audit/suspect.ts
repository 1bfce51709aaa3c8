import type { Label } from '../corrections.ts';

/** Every reason; of several against one label, the first counts. */
export const REASONS = [
  'blank',
  'outside',
  'swapped',
  'together',
  'duplicate',
  'row',
  'far',
  'unusual',
] as const;
/** What speaks against a label, or against every label of a row. */
export type Reason = (typeof REASONS)[number];

/** A label, or a row of labels, that is likely to be wrong. */
export interface Suspect {
  /** Row of the table, from 0. */
  readonly row: number;
  /** Index of the keypoint; undefined: the whole row. */
  readonly point: number | undefined;
  readonly reason: Reason;
  /** The reason in words, such as "has changed places with right_eye_center". */
  readonly words: string;
  /** How far off, in pixels; `NaN` for a blank picture. */
  readonly distance: number;
  /** How many times as far as is usual: what suspects are ranked by. Infinite for a blank picture. */
  readonly times: number;
  /** What to do about it, unless a person knows better; undefined: look at it. */
  readonly proposal?: { readonly to: Label } | undefined;
}
