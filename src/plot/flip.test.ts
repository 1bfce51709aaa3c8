import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { keypointSchema } from '../data/schema.ts';
import { flipFigure } from './flip.ts';

const SIDE = 8;
const image = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => i);
const schema = keypointSchema(['right_eye', 'nose', 'left_eye', 'right_ear', 'left_ear'], SIDE);
const nan = Number.NaN;
const options = { title: 'Row 1', size: 80 };

/** Per picture its marks as letter, x and y; pictures are 10 times as large as they are. */
function marksOf(svg: string): string[] {
  const marks = svg.matchAll(/class="mark" transform="translate\((\S+) (\S+)\)">.*?<\/g>/g);
  return [...marks].map(([markup, x, y]) => {
    const letter = />([LR])<\/text>/.exec(markup)?.[1] ?? '.';
    return `${letter} ${(Number(x) - 20) / 10} ${(Number(y) - 30) / 10}`;
  });
}

test('the wrong way moves letters with the picture, the right way puts them back', () => {
  const svg = flipFigure(
    image,
    Float32Array.of(2, 3, 5, 4, 7, 1, nan, nan, nan, nan),
    schema,
    options,
  );
  expect(svg.match(/<image /g)).toHaveLength(3);
  expect(marksOf(svg)).toEqual([
    ...['L 7 1', 'R 2 3', '. 5 4'],
    ...['L 1 1', 'R 6 3', '. 3 4'],
    ...['L 6 3', 'R 1 1', '. 3 4'],
  ]);
  expect(svg).toContain('left_eye lies');
});

test('two pairs at most, and text is escaped', () => {
  const labels = Float32Array.of(2, 3, nan, nan, 7, 1, 1, 2, 6, 2);
  const strange = { ...schema, points: ['right_<&"', 'nose', 'left_<&"', 'right_b', 'left_b'] };
  const svg = flipFigure(image, labels, strange, { ...options, title: '<t>' });
  expect(marksOf(svg)).toHaveLength(3 * 4);
  expect(svg).toContain('left_&lt;&amp;&quot;');
  expect(svg).toContain('&lt;t&gt;');
  expect(svg).toBe(flipFigure(image, labels, strange, { ...options, title: '<t>' }));
});

test('faces on which nothing can be shown are refused', () => {
  const labels = Float32Array.of(2, 3, 5, 4, nan, nan, nan, nan, 1, 1);
  expect(() => flipFigure(image, labels, schema, options)).toThrow(
    refusal('this row has no labels of two points that mirror each other'),
  );
  const nose = keypointSchema(['nose'], SIDE);
  expect(() => flipFigure(image, Float32Array.of(1, 1), nose, options)).toThrow(
    refusal('no two of the points mirror each other: nose'),
  );
});
