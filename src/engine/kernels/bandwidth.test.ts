import { expect, test } from 'vitest';
import { Engine } from '../engine.ts';
import { Op } from './opcodes.ts';

const CHUNK_FLOATS = 2 ** 18;
const CHUNKS = 3;

test.each([1, 2])('memory is read and copied whole: %i threads', async (threads) => {
  const engine = await Engine.start({ threads });
  try {
    const values = Float32Array.from({ length: CHUNKS * CHUNK_FLOATS }, (_, i) => i % 61);
    const source = await engine.reserve(values.byteLength);
    const copy = await engine.reserve(values.byteLength + 64);
    const sums = await engine.reserve(CHUNKS * 16);
    const program = await engine.reserve(64);
    const words = [...[source, copy, CHUNKS], ...[source, sums, CHUNKS]];
    const [first, second] = [program + 28, program + 40];
    const calls = [Op.CopyMemory, first, Op.ReadMemory, second, 0];
    await engine.write(source, values);
    await engine.write(program, Int32Array.of(0, 0, ...calls, ...words));
    await engine.run(program, program, 1);
    const copied = new Float32Array(values.length + 16);
    copied.set(values);
    const written = await engine.readFloats(copy, copied.length);
    expect(written.every((value, i) => value === copied[i])).toBe(true);
    const expected = Array.from({ length: CHUNKS * 4 }, (_, i) => {
      const chunk = values.subarray((i >> 2) * CHUNK_FLOATS, ((i >> 2) + 1) * CHUNK_FLOATS);
      return chunk.reduce((sum, value, j) => (j % 4 === i % 4 ? sum + value : sum), 0);
    });
    // Whole numbers below 2^24, so every order of adding gives the same.
    expect([...(await engine.readFloats(sums, CHUNKS * 4))]).toEqual(expected);
  } finally {
    await engine.close();
  }
});
