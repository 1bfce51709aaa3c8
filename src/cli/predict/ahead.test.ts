import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ahead, batches } from './ahead.ts';

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('results come in order, whichever work ends first, and never too many are under way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (scheduler, items, limit) => {
        let underWay = 0;
        let most = 0;
        const work = async (item: number): Promise<number> => {
          most = Math.max(most, ++underWay);
          await scheduler.schedule(Promise.resolve());
          underWay--;
          return item + 1;
        };
        const found = all(ahead(items, limit, work));
        await scheduler.waitFor(found);
        expect(await found).toEqual(items.map((item) => item + 1));
        expect(most).toBe(Math.min(limit, items.length));
      },
    ),
  );
});

test('a failure comes in its turn; what has begun is waited for', async () => {
  const ended: number[] = [];
  const work = async (item: number): Promise<number> => {
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(item);
    if (item === 2) throw new Error('two');
    return item;
  };
  const found: number[] = [];
  await expect(async () => {
    for await (const item of ahead([1, 2, 3, 4], 3, work)) found.push(item);
  }).rejects.toThrow('two');
  expect(found).toEqual([1]);
  expect(ended).toEqual([1, 2, 3, 4]);
});

test('who stops looking leaves nothing under way', async () => {
  let underWay = 0;
  const work = async (): Promise<void> => {
    underWay++;
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
  };
  for await (const _ of ahead([1, 2, 3, 4], 3, work)) break;
  expect(underWay).toBe(0);
});

test('batches are full as soon as the shares of their items add up to one', async () => {
  expect(await all(batches(each([1, 2, 5, 1, 1, 2, 1]), (item) => item / 4))).toEqual([
    [1, 2, 5],
    [1, 1, 2],
    [1],
  ]);
  expect(await all(batches(each([]), () => 1))).toEqual([]);
});
