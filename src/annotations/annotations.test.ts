import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { type Annotation, byPicture } from './annotations.ts';

const annotation = (row: number, picture: string, x?: number): Annotation => ({
  where: `a.csv, row ${row}`,
  picture,
  box: x === undefined ? undefined : { x, y: 0, width: 10, height: 10 },
  points: Float64Array.of(1, 2),
});

test('annotations of a picture stand together, pictures in the order in which they come', () => {
  const pictures = byPicture([
    annotation(1, 'b.jpg', 0),
    annotation(2, 'a.jpg'),
    annotation(3, 'b.jpg', 5),
  ]);
  const rows = [...pictures].map(([name, ones]) => [name, ...ones.map(({ where }) => where)]);
  expect(rows).toEqual([
    ['b.jpg', 'a.csv, row 1', 'a.csv, row 3'],
    ['a.jpg', 'a.csv, row 2'],
  ]);
});

test('the same part of a picture twice is refused', () => {
  expect(() => byPicture([annotation(1, 'a.jpg'), annotation(2, 'a.jpg')])).toThrow(
    refusal('a.csv, row 2: "a.jpg" is annotated already in a.csv, row 1'),
  );
  expect(() => byPicture([annotation(1, 'b/a.jpg'), annotation(2, '././b//./a.jpg')])).toThrow(
    refusal('a.csv, row 2: "././b//./a.jpg" is annotated already in a.csv, row 1'),
  );
  expect(byPicture([annotation(1, '/a.jpg'), annotation(2, 'a.jpg')]).size).toBe(2);
  expect(() => byPicture([annotation(1, 'a.jpg', 3), annotation(2, 'a.jpg', 3)])).toThrow(
    refusal('a.csv, row 2: the same box of "a.jpg" is annotated already in a.csv, row 1'),
  );
});
