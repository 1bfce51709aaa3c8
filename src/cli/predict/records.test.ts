import { expect, test } from 'vitest';
import { type PictureRecord, type RecordFormat, recordText, roundedFace } from './records.ts';

const face = { box: { x: 1, y: 2, width: 30, height: 40 }, points: { tip: { x: 3.5, y: -4 } } };
const other = { ...face, points: { tip: { x: 0, y: 0.001 } } };
const FACE = '"box":{"x":1,"y":2,"width":30,"height":40},"points":{"tip":';

async function text(format: RecordFormat, ...records: PictureRecord[]): Promise<string> {
  async function* each() {
    yield* records;
  }
  let whole = '';
  for await (const part of recordText(each(), format, ['tip'])) whole += part;
  return whole;
}

const RECORDS: PictureRecord[] = [
  { picture: 'a, b.jpg', faces: [face, other] },
  { picture: 'c.jpg', fault: 'c.jpg: no picture' },
  { picture: 'd.jpg', faces: [] },
  { picture: 'e.jpg', faces: [face] },
];

test.each<[RecordFormat, string]>([
  [
    'jsonl',
    `{"picture":"a, b.jpg","face":1,${FACE}{"x":3.5,"y":-4}}}
{"picture":"a, b.jpg","face":2,${FACE}{"x":0,"y":0.001}}}
{"picture":"e.jpg","face":1,${FACE}{"x":3.5,"y":-4}}}
`,
  ],
  [
    'csv',
    `picture,face,box_x,box_y,box_width,box_height,tip_x,tip_y
"a, b.jpg",1,1,2,30,40,3.5,-4
"a, b.jpg",2,1,2,30,40,0,0.001
e.jpg,1,1,2,30,40,3.5,-4
`,
  ],
])('%s', async (format, expected) => {
  expect(await text(format, ...RECORDS)).toBe(expected);
});

test('json is one array of the lines', async () => {
  const lines = (await text('jsonl', ...RECORDS)).trimEnd().split('\n');
  expect(await text('json', ...RECORDS)).toBe(`[\n${lines.join(',\n')}\n]\n`);
  expect(await text('json')).toBe('[]\n');
});

test('numbers are rounded to thousandths, without a negative zero', () => {
  const points = { tip: { x: 1.23456, y: -0.0001 } };
  const { tip } = roundedFace({ ...face, points }).points;
  expect(Object.is(tip!.y, 0)).toBe(true);
  expect(tip!.x).toBe(1.235);
});
