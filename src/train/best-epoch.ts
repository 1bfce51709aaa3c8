/**
 * The epoch with the smallest validation loss, the first of equals; undefined where there is none.
 *
 * @example
 * bestEpoch(history)?.validRmse;
 */
export function bestEpoch<Record extends { readonly validLoss: number }>(
  history: readonly Record[],
): Record | undefined {
  return history.reduce<Record | undefined>(
    (best, record) =>
      !best || record.validLoss < best.validLoss || Number.isNaN(best.validLoss) ? record : best,
    undefined,
  );
}
