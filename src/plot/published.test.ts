import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { asCurve, PUBLISHED_CURVES, publishedCurve } from './published.ts';

describe('published curves', () => {
  test.each(PUBLISHED_CURVES.map((curve) => [curve.name, curve] as const))(
    '%s: ascending epochs, losses above 0',
    (name, curve) => {
      expect(publishedCurve(name)).toBe(curve);
      const epochs = curve.epochs.map(([epoch]) => epoch);
      expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
      for (const [, train, valid] of curve.epochs)
        expect(Math.min(train, valid)).toBeGreaterThan(0);
    },
  );

  test('of net7 and net12 say that they probably share one horizon', () => {
    for (const name of ['net7', 'net12']) expect(publishedCurve(name)!.note).toContain('horizon');
    const [net7, net12] = ['net7', 'net12'].map((name) => asCurve(publishedCurve(name)!).history);
    const common = net7!.filter(({ epoch }) => net12!.some((other) => other.epoch === epoch));
    for (const { epoch, validLoss } of common) {
      const other = net12!.find((record) => record.epoch === epoch)!;
      expect(Math.abs(validLoss / other.validLoss - 1)).toBeLessThan(0.0125);
    }
  });

  const source = new URL('../../../shared/published.json', import.meta.url);
  test.skipIf(!existsSync(source))('are those of ../shared/published.json, skipped without', () => {
    const { lasagne, keras } = JSON.parse(readFileSync(source, 'utf8'));
    const expected = { ...lasagne, keras1: keras.model1 };
    expect(Object.fromEntries(PUBLISHED_CURVES.map((one) => [one.name, one.epochs]))).toEqual(
      expected,
    );
  });
});
