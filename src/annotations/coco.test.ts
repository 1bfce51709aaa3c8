import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parseCoco } from './coco.ts';

const CARD = { id: 1, name: 'card', keypoints: ['top left', 'top right'] };
const HAND = { id: 2, name: 'hand', keypoints: ['wrist'] };
const IMAGE = { id: 7, file_name: 'a.jpg', width: 640, height: 480 };
const MARKED = { image_id: 7, category_id: 1, keypoints: [10, 20, 2, 30, 40, 1] };

const coco = (more: object = {}): string =>
  JSON.stringify({ images: [IMAGE], annotations: [MARKED], categories: [CARD], ...more });

test('keypoints are numbers of pixels, so their centres are half a pixel further; boxes stay', () => {
  const { points, annotations } = parseCoco(
    coco({ annotations: [{ ...MARKED, bbox: [1, 2, 3, 4.5], segmentation: [[1, 2]] }] }),
    'a.json',
  );
  expect(points).toEqual(['top_left', 'top_right']);
  expect(annotations).toEqual([
    {
      where: 'a.json, annotations[0]',
      picture: 'a.jpg',
      box: { x: 1, y: 2, width: 3, height: 4.5 },
      points: Float64Array.of(10.5, 20.5, 30.5, 40.5),
      pictureSize: { width: 640, height: 480 },
    },
  ]);
});

test('a tool with continuous coordinates', () => {
  const { annotations } = parseCoco(coco(), 'a.json', { firstPixel: 0.5 });
  expect(annotations[0]!.points).toEqual(Float64Array.of(10, 20, 30, 40));
});

test('v = 0 is missing whatever x and y say; hidden points are kept unless asked otherwise', () => {
  const text = coco({ annotations: [{ ...MARKED, keypoints: [5, 5, 0, 30, 40, 1] }] });
  const kept = parseCoco(text, 'a.json');
  expect(kept.annotations[0]!.points).toEqual(Float64Array.of(NaN, NaN, 30.5, 40.5));
  const visible = parseCoco(text, 'a.json', { visibleOnly: true });
  expect([visible.annotations, visible.empty]).toEqual([[], 1]);
});

test('annotations without keypoints are counted, those of other categories are not', () => {
  const others = [
    { image_id: 7, category_id: 1 },
    { image_id: 7, category_id: 1, keypoints: [0, 0, 0, 0, 0, 0] },
    { image_id: 7, category_id: 3, bbox: [0, 0, 1, 1] },
  ];
  const text = coco({
    annotations: [...others, MARKED],
    categories: [CARD, { id: 3, name: 'table' }],
  });
  const { annotations, empty, faults } = parseCoco(text, 'a.json');
  expect([annotations.length, empty, faults]).toEqual([1, 2, []]);
});

test('an annotation whose image is not listed is a fault of that annotation alone', () => {
  const text = coco({ annotations: [{ ...MARKED, image_id: 'b' }, MARKED] });
  const { annotations, faults } = parseCoco(text, 'a.json');
  expect(annotations).toHaveLength(1);
  expect(faults).toEqual([refusal('a.json, annotations[0]: no image has the id "b"')]);
});

describe('refused', () => {
  const several = coco({ categories: [CARD, HAND] });
  test.each<[what: string, text: string, category: string | undefined, message: string | RegExp]>([
    ['no JSON', '{"images": [', undefined, /^a\.json: is not JSON/],
    ['a number that is none', coco().replace('10', 'NaN'), undefined, /^a\.json: is not JSON/],
    ['no annotations', '{"images": [], "categories": []}', undefined, /^a\.json, annotations: /],
    [
      'a list that is too short',
      coco({ annotations: [{ ...MARKED, keypoints: [1, 2, 2] }] }),
      undefined,
      'a.json, annotations[0].keypoints: 3 numbers, expected 6 (x, y and v of 2 keypoints)',
    ],
    [
      'an unknown flag',
      coco({ annotations: [{ ...MARKED, keypoints: [1, 2, 2, 3, 4, 0.9] }] }),
      undefined,
      'a.json, annotations[0].keypoints[5]: the flag v is 0.9, expected 0, 1 or 2',
    ],
    [
      'two images with one id',
      coco({ images: [IMAGE, { ...IMAGE, file_name: 'b.jpg' }] }),
      undefined,
      'a.json, images: the id 7 stands twice',
    ],
    [
      'two categories with one id',
      coco({ categories: [CARD, { ...HAND, id: CARD.id }] }),
      'hand',
      'a.json, categories: the id 1 stands twice',
    ],
    ['several categories', several, undefined, 'a.json: 2 categories have keypoints: card, hand'],
    ['an unknown category', several, 'cards', 'a.json: there is no category "cards"'],
    [
      'a category without keypoints',
      coco({ categories: [CARD, { id: 3, name: 'table', keypoints: [] }] }),
      'table',
      'a.json: the category "table" names no keypoints',
    ],
    [
      'no category with keypoints',
      coco({ categories: [{ id: 1, name: 'card' }] }),
      undefined,
      'a.json: none of the 1 categories names keypoints',
    ],
    [
      'names that collide',
      coco({ categories: [{ ...CARD, keypoints: ['top-left', 'top left'] }] }),
      undefined,
      'a.json, keypoints of the category "card": the keypoints "top-left" and "top left" would both become "top_left"',
    ],
  ])('%s', (_, text, category, message) => {
    expect(() => parseCoco(text, 'a.json', { category })).toThrow(refusal(message));
  });
});
