import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { type Split, splitRows } from './split.ts';

const firstRows = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);
const ascending = (rows: Uint32Array) => rows.every((row, i) => i === 0 || row > rows[i - 1]!);

const rowsArbitrary = fc
  .uniqueArray(fc.nat(1000), { minLength: 10, maxLength: 60 })
  .map((rows) => Uint32Array.from(rows).sort());
const splitArbitrary: fc.Arbitrary<Split> = fc.record({
  type: fc.constantFrom('random' as const, 'last' as const, 'group' as const),
  fraction: fc.double({ min: 0.2, max: 0.8, noNaN: true }),
  seed: fc.nat(),
});

test("the tutorial's counts", () => {
  const counts = (rows: number, type: 'random' | 'last') => {
    const { train, valid } = splitRows(firstRows(rows), { type, fraction: 0.2 });
    return [train.length, valid.length];
  };
  expect(counts(1025, 'random')).toEqual([820, 205]);
  expect(counts(1025, 'last')).toEqual([820, 205]);
  expect(counts(2140, 'random')).toEqual([1712, 428]);
  expect(counts(2140, 'last')).toEqual([1712, 428]);
});

test('every row is in one half, both in ascending order', () => {
  const groups = firstRows(1001).map((row) => row % 23);
  fc.assert(
    fc.property(rowsArbitrary, splitArbitrary, (rows, split) => {
      const { train, valid } = splitRows(rows, split, { groups });
      expect(Uint32Array.from([...train, ...valid]).sort()).toEqual(rows);
      expect(ascending(train) && ascending(valid)).toBe(true);
    }),
  );
});

test('the last rows as they stand', () => {
  expect(splitRows(Uint32Array.of(9, 2, 7, 4, 5), { type: 'last', fraction: 0.2 })).toEqual({
    train: Uint32Array.of(9, 2, 7, 4),
    valid: Uint32Array.of(5),
  });
});

test('a seed always gives the same random split, another seed another one', () => {
  const valid = (seed: number) =>
    splitRows(firstRows(20), { type: 'random', fraction: 0.2 }, { seed }).valid;
  expect(valid(42)).toEqual(valid(42));
  expect(valid(42)).not.toEqual(valid(43));
  expect(splitRows(firstRows(20), { type: 'random', fraction: 0.2, seed: 42 }).valid).toEqual(
    valid(42),
  );
  // Frozen: a split must stay what it was, so that old runs can be repeated.
  expect(valid(42)).toEqual(Uint32Array.of(4, 8, 11, 15));
});

test('every row is equally likely to be chosen at random', () => {
  const chosen = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    const { valid } = splitRows(firstRows(10), { type: 'random', fraction: 0.2, seed });
    for (const row of valid) chosen[row]!++;
  }
  // Binomial(2000, 0.2): mean 400, standard deviation 18.
  for (const count of chosen) expect(Math.abs(count - 400)).toBeLessThan(90);
});

test('one group is always left for training', () => {
  // Of ten rows, six belong to one group: it would overshoot by less than it fills.
  const groups = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2];
  for (let seed = 0; seed < 20; seed++) {
    const split = { type: 'group', fraction: 0.7, seed } as const;
    const { train, valid } = splitRows(firstRows(10), split, { groups });
    expect(Math.min(train.length, valid.length)).toBeGreaterThan(0);
  }
});

test('no group straddles, and validation misses its fraction by half a group at most', () => {
  const groupsArbitrary = fc.array(fc.nat(30), { minLength: 100, maxLength: 200 });
  fc.assert(
    fc.property(groupsArbitrary, fc.nat(), (groups, seed) => {
      const rows = firstRows(groups.length).filter((row) => row % 3 !== 0);
      const groupsOf = (some: Uint32Array) => Array.from(some, (row) => groups[row]!);
      const names = [...new Set(groupsOf(rows))];
      fc.pre(names.length > 2);
      const sizes = names.map((name) => groupsOf(rows).filter((group) => group === name).length);
      const { train, valid } = splitRows(rows, { type: 'group', fraction: 0.2, seed }, { groups });
      const trained = new Set(groupsOf(train));
      expect(groupsOf(valid).filter((group) => trained.has(group))).toEqual([]);
      const wanted = rows.length - Math.floor(rows.length * 0.8);
      expect(Math.abs(valid.length - wanted)).toBeLessThanOrEqual(Math.max(...sizes) / 2);
    }),
  );
});

test('a fraction of 0 trains on everything', () => {
  for (const type of ['random', 'last'] as const) {
    const { train, valid } = splitRows(firstRows(5), { type, fraction: 0 });
    expect([train.length, valid.length]).toEqual([5, 0]);
  }
});

test.each<[Split, number, RegExp]>([
  [{ type: 'random', fraction: 1 }, 10, /fraction .* is 1, expected a number in \[0, 1\)/],
  [{ type: 'last', fraction: Number.NaN }, 10, /fraction .* is NaN/],
  [{ type: 'last', fraction: 0.2 }, 0, /^0 rows cannot be split .* 0\.2 \(0 and 0\)/],
  [{ type: 'last', fraction: 0.2 }, 1, /^1 row cannot be split .* 0\.2 \(0 and 1\)/],
  [{ type: 'group', fraction: 0.2 }, 10, /needs the group of every row/],
])('refuses %j of %i rows', (split, rows, message) => {
  expect(() => splitRows(firstRows(rows), split)).toThrow(refusal(message));
});

test('refuses a split of one group', () => {
  expect(() =>
    splitRows(firstRows(3), { type: 'group', fraction: 0.2 }, { groups: [5, 5, 5] }),
  ).toThrow(refusal(/^3 rows cannot be split .* \(3 and 0\)$/));
});

describe('folds', () => {
  const fold = (number: number): Split => ({
    type: 'fold',
    fold: number,
    folds: 4,
    together: 'similar',
  });

  test('every row validates in exactly one of them, with its group', () => {
    const groups = Uint32Array.from({ length: 50 }, (_, row) => row >> 1);
    const valid = [1, 2, 3, 4].map((number) => [
      ...splitRows(firstRows(50), fold(number), { seed: 3, groups }).valid,
    ]);
    expect(valid.flat().sort((a, b) => a - b)).toEqual([...firstRows(50)]);
    for (const own of valid) {
      expect(own.every((row) => own.includes(row ^ 1))).toBe(true);
    }
  });

  test('there must be such a fold, and as many groups as folds', () => {
    const groups = Uint32Array.of(0, 1, 1, 2);
    expect(() => splitRows(firstRows(50), fold(5), { groups: firstRows(50) })).toThrow(
      'fold 5 of 4: there is no such fold',
    );
    expect(() => splitRows(firstRows(4), fold(1), { groups })).toThrow(
      '3 groups cannot be divided into 4 folds',
    );
  });
});
