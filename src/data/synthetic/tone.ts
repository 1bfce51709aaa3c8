import type { RandomStream } from '../../random.ts';

/** How much of a middle grey red gains and blue loses, at least and at most, of white = 1. */
const WARMTH = [0.02, 0.12] as const;

/**
 * A grey picture in red, green and blue, toned warmly: black and white stay, middle greys turn towards
 * orange, each picture by an amount of its own.
 *
 * @param grey of shape (side, side)
 * @returns of shape (3, side, side)
 */
export function toned(grey: Uint8Array, random: RandomStream): Uint8Array {
  const red = random.between(...WARMTH);
  const blue = random.between(...WARMTH);
  const planes = [red, (red - blue) / 3, -blue].map((gain) =>
    grey.map((value) => {
      const light = value / 255;
      return Math.round(255 * (light + 4 * gain * light * (1 - light)));
    }),
  );
  const picture = new Uint8Array(3 * grey.length);
  planes.forEach((plane, channel) => {
    picture.set(plane, channel * grey.length);
  });
  return picture;
}
