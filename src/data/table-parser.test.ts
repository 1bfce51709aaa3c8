import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from './dataset.ts';
import { TableParser } from './table-parser.ts';

/** Parses a text that arrives in chunks of some size. */
function parse(text: string | Uint8Array, chunkSize = 7): Dataset {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const parser = new TableParser('faces.csv');
  for (let i = 0; i < bytes.length; i += chunkSize) parser.push(bytes.subarray(i, i + chunkSize));
  return parser.finish();
}

const pixels = (count: number) => new Array(count).fill('7').join(' ');

const TABLE = `left_eye_x,left_eye_y,ImageId,right_eye_x,right_eye_y,Image
1.5,2,a,,0.25,0 1 22 255
-1,1e1,b,3,+.5,9 80 007 6
`;
const DATASET: Dataset = {
  schema: { points: ['left_eye', 'right_eye'], side: 2, channels: 1, mirrorPairs: [[0, 1]] },
  rows: 2,
  images: Uint8Array.of(0, 1, 22, 255, 9, 80, 7, 6),
  labels: Float32Array.of(1.5, 2, Number.NaN, 0.25, -1, 10, 3, 0.5),
  columns: { ImageId: ['a', 'b'] },
};

describe('accepts', () => {
  test('a table in chunks of any size', () => {
    for (let size = 1; size <= TABLE.length; size++) expect(parse(TABLE, size)).toEqual(DATASET);
  });

  test.each([
    ['Windows line ends', TABLE.replaceAll('\n', '\r\n')],
    ['a byte-order mark', `\ufeff${TABLE}`],
    ['a byte-order mark before a quoted name', `\ufeff${TABLE.replace('left_eye_x', '"$&"')}`],
    ['a missing last line end', TABLE.trimEnd()],
    ['blank lines at the end', `${TABLE}\n\r\n\n`],
    ['quoted fields', TABLE.replaceAll(/[^,\n]+/g, '"$&"')],
    ['spaces around a coordinate', TABLE.replace('1.5,2', ' 1.5,2 ')],
  ])('%s', (_, text) => {
    for (const size of [1, 2, 3, 1000]) expect(parse(text, size)).toEqual(DATASET);
  });

  test('a table without keypoints', () => {
    expect(parse('ImageId,Image\n1,0 0 0 0\n2,1 1 1 1\n')).toEqual({
      schema: { points: [], side: 2, channels: 1, mirrorPairs: [] },
      rows: 2,
      images: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1),
      labels: new Float32Array(),
      columns: { ImageId: ['1', '2'] },
    });
  });

  test('pictures in red, green and blue', () => {
    const { schema, images } = parse(`Image\n${pixels(12)}\n${pixels(12)}\n`);
    expect(schema).toMatchObject({ side: 2, channels: 3 });
    expect(images).toHaveLength(24);
  });

  test('quotes, commas, line ends and any language in other columns', () => {
    const { columns } = parse('Image,who,»note«\n1,"a ""b"", c\r\nd",\ufeffé»\n2,,"世"\n', 1);
    expect(columns).toEqual({ who: ['a "b", c\r\nd', ''], '»note«': ['\ufeffé»', '世'] });
  });

  test('a name that starts with the first byte of a byte-order mark', () => {
    for (const size of [1, 2, 100]) {
      expect(parse('豈,Image\na,1\n', size).columns).toEqual({ 豈: ['a'] });
    }
  });

  test('a column called __proto__', () => {
    expect(Object.entries(parse('Image,__proto__\n1,a\n').columns)).toEqual([['__proto__', ['a']]]);
  });

  test('columns in any order, with the same result', () => {
    const [header, ...lines] = TABLE.trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    const anyOrder = fc.shuffledSubarray([...header!.keys()], { minLength: header!.length });
    fc.assert(
      fc.property(anyOrder, fc.integer({ min: 1, max: 40 }), (order, size) => {
        const text = [header!, ...lines]
          .map((line) => order.map((i) => line[i]).join(','))
          .join('\n');
        const { schema, labels, images, columns } = parse(text, size);
        expect(images).toEqual(DATASET.images);
        expect(columns).toEqual(DATASET.columns);
        DATASET.schema.points.forEach((point, index) => {
          const at = schema.points.indexOf(point);
          for (const row of [0, 1]) {
            expect(labels.subarray(4 * row + 2 * at, 4 * row + 2 * at + 2)).toEqual(
              DATASET.labels.subarray(4 * row + 2 * index, 4 * row + 2 * index + 2),
            );
          }
        });
      }),
    );
  });

  test('pixels of any length, cut anywhere', () => {
    const pixel = fc.record({ value: fc.nat(255), zeros: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(pixel, { minLength: 9, maxLength: 9 }),
        fc.integer({ min: 1, max: 40 }),
        (pixels, size) => {
          const text = pixels.map(({ value, zeros }) => '0'.repeat(zeros) + value).join(' ');
          const { images } = parse(`Image,a\n${text},1\n"${text}",2\n`, size);
          const values = pixels.map(({ value }) => value);
          expect([...images]).toEqual([...values, ...values]);
        },
      ),
    );
  });

  test('more rows than the first buffer holds', () => {
    const line = `${Array.from({ length: 9216 }, (_, i) => i % 256).join(' ')}\n`;
    const { rows, images } = parse(`Image\n${line.repeat(30)}`, 1 << 14);
    expect(rows).toBe(30);
    expect(images.length).toBe(30 * 9216);
    expect(images.every((pixel, i) => pixel === (i % 9216) % 256)).toBe(true);
  });
});

describe('refuses', () => {
  const lastLine = '; the last line looks cut off';
  test.each([
    ['an empty file', '', 'faces.csv: the file is empty'],
    ['nothing but blank lines', '\n\r\n', 'faces.csv: the file is empty'],
    ['a header without rows', 'Image\n', 'faces.csv: the table has a header but no rows'],
    [
      'no Image column',
      'a,b,c,d,e,f\n1,2,3,4,5,6\n',
      'faces.csv, header: no column "Image"; the columns are a, b, c, d, e, …',
    ],
    ['_x without _y', 'a_x,Image\n', 'faces.csv, header: there is a column "a_x" but no "a_y"'],
    [
      '9,215 pixels',
      `Image,ImageId\n${pixels(9216)},1\n${pixels(9215)},2\n`,
      'faces.csv, row 2, column Image: 9215 pixels, expected 9216 (96 x 96)',
    ],
    [
      '9,217 pixels',
      `Image,ImageId\n${pixels(9216)},1\n${pixels(9217)},2\n`,
      'faces.csv, row 2, column Image: 9217 pixels, expected 9216 (96 x 96)',
    ],
    [
      'a first image that is not square',
      `Image\n${pixels(9215)}\n`,
      'faces.csv, row 1, column Image: 9215 pixels, expected a square number such as 9216 (96 x 96)',
    ],
    [
      'a grey image among those in colour',
      `Image\n${pixels(12)}\n${pixels(4)}\n`,
      'faces.csv, row 2, column Image: 4 pixels, expected 12 (3 x 2 x 2)',
    ],
    ['an empty image', 'Image,a\n1,1\n,2\n', 'faces.csv, row 2, column Image: the image is empty'],
    [
      'an image cut short',
      `Image\n${pixels(4)}\n7 7`,
      `faces.csv, row 2, column Image: 2 pixels, expected 4 (2 x 2)${lastLine}`,
    ],
    [
      'a line cut short',
      'a_x,a_y,Image\n1,1,7\n1,',
      `faces.csv, row 2, column Image: expected 3 fields as in the header, found 2${lastLine}`,
    ],
    [
      'a quote that is never closed',
      'Image,a\n7,"b',
      `faces.csv, row 1, column a: the file ends inside a quoted field${lastLine}`,
    ],
    [
      'a quote that swallows the table',
      `Image,a\n7,"${'b'.repeat(70000)}`,
      'faces.csv, row 1, column a: the text is longer than 65536 bytes',
    ],
    [
      'too few fields',
      'a_x,a_y,Image\n1,1,7\n1\n1,1,7\n',
      'faces.csv, row 2, column a_y: expected 3 fields as in the header, found 1',
    ],
    [
      'too many fields',
      'a_x,a_y,Image\n1,1,7\n1,1,7,\n',
      'faces.csv, row 2: expected 3 fields as in the header, found 4',
    ],
    [
      'text behind a quote',
      'a,Image\n"b"c,7\n',
      'faces.csv, row 1, column a: text behind the closing quote',
    ],
    [
      'commas between pixels',
      'Image\n"1,2"\n',
      'faces.csv, row 1, column Image: found "," between the pixels',
    ],
    [
      'a quote in an image',
      'Image\n1"2\n',
      'faces.csv, row 1, column Image: found "\\"" between the pixels',
    ],
  ])('%s', (_, text, message) => {
    for (const size of [1, 5, 1 << 20]) expect(() => parse(text, size)).toThrow(refusal(message));
  });

  test.each([
    '256',
    '-1',
    '1e9',
    'abc',
    '1.5',
    '+1',
    '0x1',
    '1_0',
    'é',
    '300000',
    '99999999999999999999999',
  ])('the pixel %s', (pixel) => {
    for (const [image, number] of [
      [`${pixel} 1 1 1`, 1],
      [`1 1 ${pixel} 1`, 3],
      [`1 1 1 ${pixel}`, 4],
      [`"1 1 1 ${pixel}"`, 4],
    ] as const) {
      const shown = pixel.replace(/^(.{20}).+/, '$1…');
      const message = `faces.csv, row 2, column Image: pixel ${number} is "${shown}", expected a whole number from 0 to 255`;
      for (const size of [1, 2, 3, 1000]) {
        expect(() => parse(`Image,a\n1 1 1 1,1\n${image},1\n`, size)).toThrow(refusal(message));
      }
    }
  });

  test.each([
    ['1  1 1', 2],
    [' 1 1 1 1', 1],
    ['1 1 1 1 ', 5],
  ])('the empty pixel in "%s"', (image, number) => {
    const message = `faces.csv, row 1, column Image: pixel ${number} is empty, expected a whole number from 0 to 255`;
    for (const size of [1, 2, 3, 1000]) {
      expect(() => parse(`Image,a\n${image},1\n`, size)).toThrow(refusal(message));
    }
  });

  test.each(['NaN', 'nan', 'inf', '-Infinity', 'abc', '1e39', '0x10', '1 2', '.', '1,5'])(
    'the coordinate %s',
    (coordinate) => {
      const field = coordinate.includes(',') ? `"${coordinate}"` : coordinate;
      expect(() => parse(`a_x,a_y,Image\n1,1,7\n\n2,${field},7\n`)).toThrow(
        refusal(
          `faces.csv, row 2, column a_y: the coordinate "${coordinate}" is not a finite number`,
        ),
      );
    },
  );

  test('pixels where a coordinate should be', () => {
    expect(() => parse('a_x,a_y,Image\n1,238 236 237 238 240 244,7\n')).toThrow(
      refusal(/row 1, column a_y: the coordinate "238 236 237 238 240 …" is not a finite number$/),
    );
  });
});

test('any bytes give a dataset or a refusal, never another error', () => {
  const piece = fc.constantFrom(
    'a_x',
    'a_y',
    'Image',
    ',',
    '\n',
    '"',
    ' ',
    '1',
    '25',
    '\r',
    'é',
    '.',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (pieces, size) => {
        const outcome = (chunkSize: number): unknown => {
          try {
            return parse(`a_x,a_y,Image\n${pieces.join('')}`, chunkSize);
          } catch (error) {
            expect(error).toEqual(refusal(/^faces\.csv/));
            return (error as Error).message;
          }
        };
        expect(outcome(size)).toEqual(outcome(1000));
      },
    ),
    { numRuns: 500 },
  );
});
