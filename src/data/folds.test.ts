import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { foldsOf } from './folds.ts';

const firstRows = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);
const rowsArbitrary = fc
  .uniqueArray(fc.nat(1000), { minLength: 10, maxLength: 60 })
  .map((rows) => Uint32Array.from(rows).sort());
const foldCount = fc.integer({ min: 2, max: 10 });

test('every row validates in one fold and is trained on in the others', () => {
  fc.assert(
    fc.property(rowsArbitrary, foldCount, fc.nat(), (rows, count, seed) => {
      const folds = foldsOf(rows, count, { seed });
      expect(folds.length).toBe(count);
      expect(Uint32Array.from(folds.flatMap(({ valid }) => [...valid])).sort()).toEqual(rows);
      for (const { train, valid } of folds) {
        expect(Uint32Array.from([...train, ...valid]).sort()).toEqual(rows);
        expect([...train]).toEqual([...train].sort((a, b) => a - b));
        expect([...valid]).toEqual([...valid].sort((a, b) => a - b));
      }
      const sizes = folds.map(({ valid }) => valid.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('no group straddles, and folds differ by the largest group at most', () => {
  const groupsArbitrary = fc.array(fc.nat(30), { minLength: 100, maxLength: 200 });
  fc.assert(
    fc.property(groupsArbitrary, fc.nat(), (groups, seed) => {
      const rows = firstRows(groups.length).filter((row) => row % 3 !== 0);
      const groupsOf = (some: Uint32Array) => Array.from(some, (row) => groups[row]!);
      const all = groupsOf(rows);
      fc.pre(new Set(all).size >= 4);
      const folds = foldsOf(rows, 4, { seed, groups });
      for (const { train, valid } of folds) {
        const trained = new Set(groupsOf(train));
        expect(groupsOf(valid).filter((group) => trained.has(group))).toEqual([]);
        expect(valid.length).toBeGreaterThan(0);
      }
      const largest = Math.max(
        ...all.map((group) => all.filter((other) => other === group).length),
      );
      const sizes = folds.map(({ valid }) => valid.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest);
    }),
  );
});

test('a seed always gives the same folds, another seed other ones', () => {
  const folds = (seed: number) =>
    foldsOf(firstRows(12), 3, { seed }).map(({ valid }) => [...valid]);
  expect(folds(42)).not.toEqual(folds(43));
  // Frozen: folds must stay what they were, so that old results can be repeated.
  expect(folds(42)).toEqual([
    [1, 6, 9, 11],
    [2, 4, 7, 10],
    [0, 3, 5, 8],
  ]);
});

test('every row is equally likely in every fold', () => {
  const inFirst = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    for (const row of foldsOf(firstRows(10), 5, { seed })[0]!.valid) inFirst[row]!++;
  }
  // Binomial(2000, 0.2): mean 400, standard deviation 18.
  for (const count of inFirst) expect(Math.abs(count - 400)).toBeLessThan(90);
});

test.each([
  [1, undefined, '4 rows cannot be divided into 1 folds'],
  [2.5, undefined, '4 rows cannot be divided into 2.5 folds'],
  [5, undefined, '4 rows cannot be divided into 5 folds'],
  [3, [8, 8, 9, 9], '2 groups cannot be divided into 3 folds'],
  [2, [8, 8, 8, 8], '1 group cannot be divided into 2 folds'],
])('%d folds of groups %j are refused', (count, groups, message) => {
  expect(() => foldsOf(firstRows(4), count, { groups })).toThrow(refusal(message));
});
