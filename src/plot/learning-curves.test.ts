import { expect, test } from 'vitest';
import { type Curve, learningCurves } from './learning-curves.ts';

const curve = (name: string, epochs: number): Curve => ({
  name,
  history: Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 0.1 / (i + 1),
    validLoss: 0.12 / (i + 1),
  })),
});

const count = (svg: string, pattern: RegExp): number => svg.match(pattern)?.length ?? 0;

test.each([1, 2, 10_000])('a run of %i epochs has two lines and three axes', (epochs) => {
  const svg = learningCurves([curve('net1', epochs)], { title: 'net1', side: 96 });
  expect(count(svg, /<g class="series">/g)).toBe(2);
  expect(count(svg, /<g class="axis /g)).toBe(3);
  expect(svg.length).toBeLessThan(200_000);
});

test('a run without validation rows has one line and one name', () => {
  const whole = curve('all', 3).history.map((epoch) => ({ ...epoch, validLoss: Number.NaN }));
  const svg = learningCurves([{ name: 'all', history: whole }], { title: 'all' });
  expect(count(svg, /<g class="series">/g)).toBe(1);
  expect(svg).not.toContain('all valid');
});

test('without a side there is no axis in pixels', () => {
  expect(learningCurves([curve('net1', 3)], { title: 'net1' })).not.toContain('RMSE');
});

test('losses that are no numbers, or huge, break nothing', () => {
  const losses = [1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 0, -1, 0.5];
  const history = losses.map((loss, i) => ({ epoch: i + 1, trainLoss: loss, validLoss: loss }));
  const svg = learningCurves([{ name: 'wild', history }], { title: 'wild', side: 96 });
  expect(svg).not.toMatch(/NaN|Infinity/);
});

test('many runs share one legend entry each, and a sentence tells the lines apart', () => {
  const curves = Array.from({ length: 6 }, (_, i) => curve(`run <&" ${i}`, 5));
  const svg = learningCurves(curves, { title: 'six' });
  expect(count(svg, /run &lt;&amp;&quot; \d/g)).toBe(6);
  expect(svg).toContain('Broken lines: training');
});

test('an empty history draws its axes', () => {
  const svg = learningCurves([curve('net1', 0)], { title: 'net1', side: 96 });
  expect(count(svg, /<g class="axis /g)).toBe(3);
});
