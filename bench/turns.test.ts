import { expect, test } from 'vitest';
import { ratioToFastest } from './comparison.ts';
import { PeerError } from './peer-process.ts';
import { type Contestant, takeTurns } from './turns.ts';

/** Work that takes so long that a turn is one run. */
const slow = (name: string, said: string[], fails = Number.POSITIVE_INFINITY): Contestant => {
  let runs = 0;
  return {
    name,
    run: async () => {
      said.push(name);
      if (++runs === fails) throw new PeerError('failed', 'out of order');
      await new Promise((resolve) => setTimeout(resolve, 260));
      return runs;
    },
  };
};

test('sides take turns, and what warms up does not count', async () => {
  const said: string[] = [];
  const outcomes = await takeTurns([slow('a', said), slow('b', said)], { warmUp: 1, turns: 2 });
  expect(said.join('')).toBe('ababab');
  expect(outcomes).toEqual(
    ['a', 'b'].map((name) => ({ name, timing: { median: 2.5, min: 2, max: 3, runs: 2 } })),
  );
});

test('who fails drops out, who never came is named, and the rest goes on', async () => {
  const said: string[] = [];
  const absent = { name: 'c', missing: 'absent', reason: 'not installed' } as const;
  const outcomes = await takeTurns([slow('a', said, 2), slow('b', said), absent], {
    warmUp: 0,
    turns: 3,
  });
  expect(said.join('')).toBe('ababb');
  expect(outcomes[0]).toEqual({ name: 'a', missing: 'failed', reason: 'out of order' });
  expect(outcomes[1]).toMatchObject({ timing: { runs: 3 } });
  expect(outcomes[2]).toBe(absent);
});

test('a bug of ours is no failure of a peer', async () => {
  const broken = { name: 'a', run: () => Promise.reject(new RangeError('bug')) };
  await expect(takeTurns([broken], { warmUp: 0, turns: 1 })).rejects.toThrow(RangeError);
});

test('the ratio is that to the fastest of those who have a time', () => {
  const at = (median: number) => ({ median, min: 0, max: 0, runs: 1 });
  const missing = { name: 'c', missing: 'absent', reason: '' } as const;
  const peers = [{ name: 'a', timing: at(8) }, { name: 'b', timing: at(4) }, missing];
  expect(ratioToFastest(at(1), peers)).toBe(0.25);
  expect(ratioToFastest(at(1), [missing])).toBeNull();
});
