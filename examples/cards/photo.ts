import type { RandomStream } from 'fiducial';
import { type Point, type Pose, viewOf } from './camera.ts';
import { type Colour, card, HALF_HEIGHT, HALF_WIDTH, isOnCard, RANKS, SUITS } from './card.ts';

/** Size of every picture, in pixels. */
export const WIDTH = 200;
export const HEIGHT = 150;
/** A pixel is the mean of what is seen at these places in it. */
const SAMPLES = [0.25, 0.75].flatMap((y) => [0.25, 0.75].map((x) => [x, y] as const));
/** What the card's shadow leaves of the light on the table. */
const SHADOW = 0.55;

/** A drawn photograph of a card on a table. */
export interface CardPhoto {
  /** Values of shape (HEIGHT, WIDTH, 3). */
  readonly data: Uint8Array;
  /** The corners of the card by their place in the picture; they may lie beyond its edge. */
  readonly corners: Readonly<Record<Corner, Point>>;
}

export const CORNERS = ['top_left', 'top_right', 'bottom_right', 'bottom_left'] as const;
export type Corner = (typeof CORNERS)[number];

/** Largest turns, in radians: at 45 degrees a top left corner would become a top right one. */
const LARGEST_ROLL = Math.PI / 7;
const LARGEST_TILT = Math.PI / 6;

/** Draws a photograph from random numbers. */
export function drawPhoto(random: RandomStream): CardPhoto {
  const pose: Pose = {
    x: random.between(-0.25, 0.25) * WIDTH,
    y: random.between(-0.15, 0.15) * HEIGHT,
    scale: random.between(0.7, 1.3),
    roll: random.between(-LARGEST_ROLL, LARGEST_ROLL),
    yaw: random.between(-LARGEST_TILT, LARGEST_TILT),
    pitch: random.between(-LARGEST_TILT, LARGEST_TILT),
  };
  const view = viewOf(pose, WIDTH, HEIGHT);
  const surface = card(SUITS[random.below(SUITS.length)]!, random.below(RANKS));
  const table = tableTop(random);
  const light = lightOf(random);
  const shadow = { x: random.between(-5, 5), y: random.between(2, 6) };
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const bare = table(x, y);
      const sum = [0, 0, 0];
      for (const [offsetX, offsetY] of SAMPLES) {
        const place = view.toThing({ x: x + offsetX, y: y + offsetY });
        const seen = surface(place.x, place.y) ?? bare;
        const lit = seen === bare && isOnCard(place.x - shadow.x, place.y - shadow.y) ? SHADOW : 1;
        for (let channel = 0; channel < 3; channel++) sum[channel]! += lit * seen[channel]!;
      }
      const grain = random.between(-8, 8);
      const here = light(x, y);
      for (let channel = 0; channel < 3; channel++) {
        const value = (sum[channel]! / SAMPLES.length) * here[channel]! + grain;
        data[3 * (y * WIDTH + x) + channel] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return {
    data,
    corners: {
      top_left: view.toPicture(-HALF_WIDTH, -HALF_HEIGHT),
      top_right: view.toPicture(HALF_WIDTH, -HALF_HEIGHT),
      bottom_right: view.toPicture(HALF_WIDTH, HALF_HEIGHT),
      bottom_left: view.toPicture(-HALF_WIDTH, HALF_HEIGHT),
    },
  };
}

/** A table top: two colours in stripes, squares or clouds. */
function tableTop(random: RandomStream): (x: number, y: number) => Colour {
  const first = randomColour(random);
  const second = mixed(first, randomColour(random), random.between(0.1, 0.7));
  const angle = random.between(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const size = random.between(6, 40);
  const pattern = random.below(3);
  return (x, y) => {
    const across = (x * cos + y * sin) / size;
    const along = (y * cos - x * sin) / size;
    if (pattern === 0) return mixed(first, second, 0.5 + 0.5 * Math.sin(across * 2 * Math.PI));
    if (pattern === 1) return (Math.floor(across) + Math.floor(along)) % 2 === 0 ? first : second;
    const cloud = Math.sin(across * 1.3 + 2 * Math.sin(along)) * Math.sin(along * 1.7 + across);
    return mixed(first, second, 0.5 + 0.5 * cloud);
  };
}

/** A light that is stronger on one side, and warmer or colder than white: factors on each channel. */
function lightOf(random: RandomStream): (x: number, y: number) => Colour {
  const [slopeX, slopeY] = [random.between(-0.25, 0.25), random.between(-0.25, 0.25)];
  const strength = random.between(0.65, 1);
  const warmth = random.between(-0.1, 0.1);
  return (x, y) => {
    const here = strength * (1 + slopeX * (x / WIDTH - 0.5) + slopeY * (y / HEIGHT - 0.5));
    return [here * (1 + warmth), here, here * (1 - warmth)];
  };
}

const randomColour = (random: RandomStream): Colour => [
  random.between(20, 220),
  random.between(20, 220),
  random.between(20, 220),
];

const mixed = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];
