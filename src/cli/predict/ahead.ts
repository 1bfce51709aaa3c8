/**
 * Does work on what comes, some of it at the same time, and hands the results out in the order of what
 * came. Nobody waits longer than for the slowest of `limit`, and no more than these are held.
 *
 * @param source what work is done on
 * @param limit how many are worked on at once
 * @throws what the source or the work throws; work that has begun is waited for
 * @example
 * for await (const picture of ahead(paths, 4, readPicture)) …
 */
export async function* ahead<From, To>(
  source: Iterable<From> | AsyncIterable<From>,
  limit: number,
  work: (item: From) => Promise<To>,
): AsyncGenerator<Awaited<To>> {
  const begun: Promise<To>[] = [];
  try {
    for await (const item of source) {
      const result = work(item);
      // It is looked at in its turn; until then nobody would catch it.
      result.catch(() => {});
      begun.push(result);
      if (begun.length >= limit) yield await begun.shift()!;
    }
    while (begun.length > 0) yield await begun.shift()!;
  } finally {
    await Promise.allSettled(begun);
  }
}

/**
 * Puts what comes into batches.
 *
 * @param share how much of a batch an item fills, more than 0; a batch is full when the sum reaches 1
 * @example
 * for await (const batch of batches(pictures, () => 1 / 64)) …
 */
export async function* batches<T>(
  source: AsyncIterable<T>,
  share: (item: T) => number,
): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let sum = 0;
  for await (const item of source) {
    batch.push(item);
    sum += share(item);
    if (sum < 1) continue;
    yield batch;
    batch = [];
    sum = 0;
  }
  if (batch.length > 0) yield batch;
}
