import { expect, test } from 'vitest';
import { recipes } from '../../recipes/index.ts';
import { count, textsOf } from '../../test/svg-text.ts';
import { keypointSchema } from '../data/schema.ts';
import { conv2d, dense, dropout, flatten, relu } from '../nn/layers.ts';
import { network } from '../nn/network.ts';
import { networkFor } from '../train/recipe.ts';
import { architectureFigure } from './architecture.ts';

const faces = keypointSchema(
  Array.from({ length: 15 }, (_, i) => `p${i}`),
  96,
);

test('net2: a bar for the input and each block, shapes, parameters and their sum', () => {
  const svg = architectureFigure(networkFor(recipes.net2, faces), { title: 'net2' });
  expect(count(svg, '<g class="block"')).toBe(10);
  expect(count(svg, '<rect')).toBe(10 + 1);
  const texts = textsOf(svg);
  for (const one of ['conv3', '2 × 2 convolution, ReLU', '128 × 22 × 22', '32,896']) {
    expect(texts).toContain(one);
  }
  // Weights and biases of three convolutions and three dense layers.
  expect(texts).toContain('8,051,502');
  expect(texts).toContain('32.2 MB as float32');
});

test('net1: the hidden layer and the output', () => {
  const svg = architectureFigure(networkFor(recipes.net1, faces), { title: 'net1' });
  expect(count(svg, '<g class="block"')).toBe(3);
  expect(textsOf(svg)).toContain('924,730');
});

test('many layers, odd names and no layers are drawn; the same network gives the same bytes', () => {
  const deep = network(
    [3, 40, 40],
    [
      ...Array.from({ length: 20 }, () => [conv2d(512, 3, { padding: 'same' }), relu()]).flat(),
      ...[flatten(), dense(1, { name: 'a<b>&"c' }), dropout(0.1 + 0.2)],
    ],
  );
  const svg = architectureFigure(deep, { title: 't<&"', width: 10 });
  expect(count(svg, '<g class="block"')).toBe(22);
  expect(svg).toContain('a&lt;b&gt;&amp;&quot;c');
  expect(textsOf(svg)).toContain('dense, dropout 0.3');
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(architectureFigure(deep, { title: 't<&"', width: 10 })).toBe(svg);
  expect(architectureFigure(network([1], []), { title: 'empty' })).not.toMatch(/NaN|Infinity/);
});
