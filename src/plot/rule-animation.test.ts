import { describe, expect, test } from 'vitest';
import { sgd } from '../nn/rule.ts';
import { ruleAnimation } from './rule-animation.ts';

const count = (svg: string, pattern: RegExp): number => svg.match(pattern)?.length ?? 0;
const valuesOf = (svg: string, attribute: string): string[][] =>
  [...svg.matchAll(new RegExp(`attributeName="${attribute}"[^>]* values="([^"]*)"`, 'g'))].map(
    (match) => match[1]!.split(';'),
  );

describe('ruleAnimation', () => {
  test('has six balls, six ways and a legend that names the rates', () => {
    const svg = ruleAnimation();
    expect(count(svg, /class="ball /g)).toBe(6);
    expect(count(svg, /class="way /g)).toBe(6);
    for (const name of ['SGD, rate 0.01', 'Nesterov, rate 0.01', 'Adam, rate 0.15']) {
      expect(svg).toContain(`>${name}</text>`);
    }
    expect(svg).not.toContain('<script');
  });

  test('balls start together, stand at every step and rest where the still picture has them', () => {
    const svg = ruleAnimation({ steps: 20 });
    const ways = valuesOf(svg, 'cx');
    expect(new Set(ways.map(([first]) => first)).size).toBe(1);
    const ends = [...svg.matchAll(/<circle cx="([^"]*)"[^>]*class="ball /g)].map((end) => end[1]);
    expect(ways.map((way) => way.at(-1))).toEqual(ends);
    expect(new Set(ways.map((way) => way.length))).toEqual(new Set([25]));
    expect(ways.map((way) => way.slice(20).every((x) => x === way[20]))).toEqual(
      Array(6).fill(true),
    );
  });

  test('trails have all of their length in the end and none at the start', () => {
    for (const offsets of valuesOf(ruleAnimation(), 'stroke-dashoffset')) {
      const numbers = offsets.map(Number);
      expect(numbers.every((value, i) => i === 0 || value <= numbers[i - 1]!)).toBe(true);
      expect(numbers.at(-1)!).toBeLessThanOrEqual(2);
      expect(numbers[0]!).toBeGreaterThan(100);
    }
  });

  test('a rule that flies off and odd names break nothing', () => {
    const racers = [
      { name: 'a<b & "c"', rule: sgd(), settings: { learningRate: 1e9, momentum: 0 } },
      { name: 'none', rule: sgd(), settings: { learningRate: Number.NaN, momentum: 0 } },
    ];
    const svg = ruleAnimation({ racers, steps: 3 });
    expect(svg).toContain('a&lt;b &amp; &quot;c&quot; is lost');
    expect(count(svg, /class="ball /g)).toBe(2);
    expect(
      valuesOf(svg, 'cx')
        .flat()
        .every((x) => Number.isFinite(Number(x))),
    ).toBe(true);
  });

  test.each([
    [160, 120],
    [2000, 1500],
  ])('%i x %i pixels', (width, height) => {
    const svg = ruleAnimation({ width, height });
    expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
    expect(svg).not.toMatch(/NaN|="-\d+" overflow/);
  });

  test('is the same text every time', () => {
    expect(ruleAnimation()).toBe(ruleAnimation());
  });
});
