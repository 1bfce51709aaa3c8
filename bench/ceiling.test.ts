import { expect, test } from 'vitest';
import { Engine } from '../src/engine/engine.ts';
import { ceiling, memoryBandwidth } from './ceiling.ts';

test('what the machine can do is a number, and its memory is given back', async () => {
  const engine = await Engine.start({ threads: 2 });
  try {
    const address = engine.nextAddress;
    const { read, copy } = await memoryBandwidth(engine);
    for (const speed of [await ceiling(engine), read, copy]) {
      expect(speed).toBeGreaterThan(0);
      expect(speed).toBeLessThan(1e5);
    }
    expect(engine.nextAddress).toBe(address);
  } finally {
    await engine.close();
  }
});
