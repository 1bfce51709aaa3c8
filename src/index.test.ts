import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  decodeModel,
  encodeModel,
  type Model,
  maskedMeanSquaredError,
  predictKeypoints,
  recipes,
  synthesize,
  train,
  withSettings,
} from './index.ts';

test('nothing that the library loads needs Node or a package besides zod', () => {
  const seen = new Set<string>();
  const foreign = new Set<string>();
  const visit = (file: URL): void => {
    // The kernels are written by the build; they are text without imports.
    if (seen.has(file.href) || !existsSync(file)) return;
    seen.add(file.href);
    for (const [, from, dynamic] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export|\}) .*?from '([^']+)'|\bimport\('([^']+)'\)/gm,
    )) {
      const name = (from ?? dynamic)!;
      if (name.startsWith('.')) visit(new URL(name, file));
      else foreign.add(name);
    }
  };
  visit(new URL('./index.ts', import.meta.url));
  expect(seen.size).toBeGreaterThan(40);
  expect([...foreign]).toEqual(['zod']);
});

test('trains, saves and predicts; a model read back predicts the same bits', async () => {
  const faces = synthesize({ rows: 60, seed: 1, side: 24 });
  const recipe = withSettings({ ...recipes.net1, loss: maskedMeanSquaredError(), rows: 'all' }, [
    'epochs=3',
    'batch=16',
    'layers.1.units=20',
  ]);
  let best: Model | undefined;
  const losses: number[] = [];
  for await (const epoch of train(recipe, faces, { threads: 2 })) {
    losses.push(epoch.trainLoss);
    if (epoch.best) best = await epoch.model();
  }
  expect(losses).toHaveLength(3);
  expect(losses[2]).toBeLessThan(losses[0]!);

  const read = decodeModel(encodeModel(best!), 'model.safetensors');
  const points = await predictKeypoints(read, faces.images, { build: 'plain' });
  expect(points).toHaveLength(60 * 15 * 2);
  expect(points).toEqual(await predictKeypoints(best!, faces.images, { build: 'plain' }));
});
