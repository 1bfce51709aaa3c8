/**
 * Draws photographs of playing cards, with the corners that somebody would mark by hand.
 *
 *     npx tsx examples/cards/draw.ts cards/train 2000 1
 *     npx tsx examples/cards/draw.ts cards/new 12 2
 *
 * The folder gets the pictures, `points.csv` (a picture, a box around its card and the card's corners
 * in a row) and `boxes.csv` (the boxes alone). The number behind the count is the seed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { type RandomStream, randomStream } from 'fiducial';
import type { Point } from './camera.ts';
import { CORNERS, drawPhoto, HEIGHT, WIDTH } from './photo.ts';

/** A box is drawn around a card with this much air, as shares of its size; nobody is exact. */
const LOOSENESS = [0.02, 0.2] as const;

const [folder, count, seed] = process.argv.slice(2);
if (!folder || !(Number(count) > 0) || !(Number(seed) >= 0)) {
  console.error('usage: npx tsx examples/cards/draw.ts <folder> <count> <seed>');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const corners = CORNERS.map((corner) => `${corner}_x,${corner}_y`);
const annotations = [`picture,box_x,box_y,box_width,box_height,${corners}`];
const boxes = ['picture,x,y,width,height'];
for (let index = 0; index < Number(count); index++) {
  const random = randomStream(Number(seed), `card ${index}`);
  const photo = drawPhoto(random);
  const name = `card-${String(index + 1).padStart(4, '0')}.png`;
  writeFileSync(
    join(folder, name),
    encode({ width: WIDTH, height: HEIGHT, data: photo.data, channels: 3 }),
  );
  const points = CORNERS.map((corner) => photo.corners[corner]);
  const marks = points.flatMap(({ x, y }) =>
    // What the picture does not show cannot be marked.
    x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT ? [x.toFixed(1), y.toFixed(1)] : ['', ''],
  );
  const box = boxAround(points, random);
  boxes.push([name, ...box].join(','));
  annotations.push([name, ...box, ...marks].join(','));
}
writeFileSync(join(folder, 'points.csv'), `${annotations.join('\n')}\n`);
writeFileSync(join(folder, 'boxes.csv'), `${boxes.join('\n')}\n`);
console.log(
  `${folder}: ${count} pictures of ${WIDTH} x ${HEIGHT} pixels, points.csv and boxes.csv`,
);

/** A box as a person would draw it, in whole pixels: x, y, width, height. */
function boxAround(points: readonly Point[], random: RandomStream): number[] {
  const [left, right] = loosened(
    points.map(({ x }) => x),
    random,
  );
  const [top, bottom] = loosened(
    points.map(({ y }) => y),
    random,
  );
  return [left, top, right - left, bottom - top];
}

function loosened(values: readonly number[], random: RandomStream): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = () => random.between(...LOOSENESS) * (high - low);
  return [Math.round(low - air()), Math.round(high + air())];
}
