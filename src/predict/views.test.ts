import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mirrorPartners } from '../data/mirror.ts';
import { keypointSchema } from '../data/schema.ts';
import { viewsOf } from './views.ts';

const SIDE = 9;
const schema = keypointSchema(['left_eye', 'right_eye', 'nose'], SIDE);
const partners = mirrorPartners(schema);

/** Finds points as pixels of the values 1, 2, 3; in a mirror the left eye looks like the right one. */
function find(images: Uint8Array, mirrored: boolean): Float32Array {
  const found = [];
  for (let row = 0; row < images.length; row += SIDE ** 2) {
    const image = images.subarray(row, row + SIDE ** 2);
    for (const [point, partner] of partners.entries()) {
      const place = image.indexOf(1 + (mirrored ? partner : point));
      found.push((place % SIDE) + 0.5, Math.floor(place / SIDE) + 0.5);
    }
  }
  return Float32Array.from(found);
}

/** Two pictures with three points each, so far from the edges that a move by 2 keeps them. */
const places = fc.uniqueArray(fc.integer({ min: 0, max: 24 }), { minLength: 3, maxLength: 3 });

test('whichever way pictures are looked at, the way back leads to the same points', () => {
  fc.assert(
    fc.property(
      fc.tuple(places, places),
      fc.boolean(),
      fc.integer({ min: 0, max: 2 }),
      (pictures, flip, shift) => {
        const images = new Uint8Array(2 * SIDE ** 2);
        pictures.forEach((points, row) => {
          points.forEach((place, point) => {
            const x = 2 + (place % 5);
            const y = 2 + Math.floor(place / 5);
            images[row * SIDE ** 2 + y * SIDE + x] = 1 + point;
          });
        });
        const views = [...viewsOf(images, SIDE, { flip, shift })];
        expect(views).toHaveLength((shift ? 5 : 1) * (flip ? 2 : 1));
        expect(views[0]!.images).toBe(images);
        views.forEach(({ images: seen, back }, i) => {
          const isMirrored = flip && i % 2 === 1;
          expect(back(find(seen, isMirrored), schema)).toEqual(find(images, false));
        });
        const distinct = new Set(views.map((view) => view.images.join()));
        expect(distinct.size).toBeGreaterThanOrEqual(shift ? 5 : 1);
      },
    ),
  );
});

test('what comes in from outside is the edge once more', () => {
  const [, down] = viewsOf(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3, { shift: 1 });
  expect([...down!.images]).toEqual([1, 1, 2, 1, 1, 2, 4, 4, 5]);
});
