import type { Correction } from '../corrections.ts';
import type { Dataset } from '../dataset.ts';
import { expectation, usualPlaces } from './expectation.ts';
import {
  blankPicture,
  farLabels,
  outsideLabels,
  type RowContext,
  swappedPairs,
} from './row-checks.ts';
import { REASONS, type Suspect } from './suspect.ts';
import { pointsInOnePlace, unequalDuplicates } from './table-checks.ts';

/** What labels are compared with. */
export interface AuditOptions {
  /**
   * What a model finds in each picture: coordinates of shape (rows, points, 2), in pixels; `NaN` where
   * nothing was predicted. Best are predictions of models that have not learnt the row's labels. Without
   * any, labels are compared with where the points usually are.
   */
  readonly predicted?: Float32Array | undefined;
  /** Whether the model has learnt from a row (from 0), and so is nearer to its labels; default: from none. */
  readonly isKnown?: ((row: number) => boolean) | undefined;
}

/**
 * Finds labels that are likely to be wrong: far from what a model predicts or from where the point
 * usually is, left and right confused, outside the picture, two points in one place, other labels than
 * an equal picture has, and labels of blank pictures.
 *
 * "Far" is measured in usual distances, the median of each point, so it needs no threshold in pixels; a
 * row in which all labels are rather far is only suspected of what stands out in it.
 *
 * @param dataset pictures and labels, with mirror pairs in its schema where left and right are looked at
 * @param options `predicted` and `isKnown`
 * @returns the row with the worst label first, and of a row its worst label first; each label once, with
 *   the reason that tells most
 * @example
 * const suspects = audit(dataset, { predicted: outOfFold });
 * correctionsTable(proposals(suspects), dataset);
 */
export function audit(dataset: Dataset, options: AuditOptions = {}): Suspect[] {
  const { predicted, isKnown } = options;
  const usual = usualPlaces(dataset);
  const habit: RowContext = {
    dataset,
    expected: expectation(dataset, usual),
    isPredicted: false,
  };
  const context: RowContext = predicted
    ? { dataset, expected: expectation(dataset, predicted, isKnown), isPredicted: true }
    : habit;
  const found = [...unequalDuplicates(context), ...pointsInOnePlace(context)];
  for (let row = 0; row < dataset.rows; row++) {
    found.push(...blankPicture(context, row), ...outsideLabels(context, row));
    const swapped = swappedPairs(context, row);
    found.push(...swapped);
    // What a swap explains is not far from anything else.
    if (swapped.length === 0) found.push(...farLabels(context, row));
    if (predicted) found.push(...farLabels(habit, row));
  }
  return ranked(found);
}

/**
 * The corrections that an audit proposes; a person should look at them before anything is trained with
 * them.
 *
 * @param suspects what `audit` has found
 * @example
 * const cleaned = applyCorrections(dataset, proposals(audit(dataset, { predicted })));
 */
export const proposals = (suspects: readonly Suspect[]): Correction[] =>
  suspects.flatMap(({ row, point, words, proposal }) =>
    proposal ? [{ row, point, to: proposal.to, reason: words }] : [],
  );

/** Each label once, and where a whole row is suspected to be worth nothing, that alone. */
function ranked(found: readonly Suspect[]): Suspect[] {
  const byRow = new Map<number, Suspect[]>();
  for (const suspect of found) {
    byRow.set(suspect.row, [...(byRow.get(suspect.row) ?? []), suspect]);
  }
  const rows = Array.from(byRow.values(), (ofRow) => {
    const sorted = ofRow.toSorted(
      (a, b) => REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason) || rank(b) - rank(a),
    );
    const whole = sorted.find(({ point, proposal }) => point === undefined && proposal);
    const once = whole
      ? [whole]
      : sorted.filter(({ point }, i) => sorted.findIndex((other) => other.point === point) === i);
    return once.sort((a, b) => rank(b) - rank(a));
  });
  const worstFirst = rows.sort(([a], [b]) =>
    rank(a!) === rank(b!) ? a!.row - b!.row : rank(b!) - rank(a!),
  );
  return worstFirst.flat();
}

/** How bad a suspect is; what has nothing to be compared with comes last. */
const rank = ({ times }: Suspect): number => times || 0;
