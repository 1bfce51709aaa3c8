import { randomStream } from '../../random.ts';
import { Canvas } from './canvas.ts';
import type { Point } from './curves.ts';
import { drawBrows, drawEyes, drawGlasses, drawMouth, drawNose } from './features.ts';
import { drawBeard, drawHair, drawHairBehind } from './hair.ts';
import { drawBackdrop, drawBody, drawHead } from './head.ts';
import { keypointsOf, landmarksOf, secondConvention } from './landmarks.ts';
import { develop, noiseSource } from './photo.ts';
import { type Point3, type Projection, projection } from './pose.ts';
import { grainOf, lighting, type Scene, skinGlow } from './scene.ts';
import { sampleTraits, type Traits } from './traits.ts';

/** One drawn face. */
export interface Face {
  /** Grey values of shape (side, side). */
  readonly image: Uint8Array;
  /** The 15 keypoints in the order of `KEYPOINT_NAMES`, in pixels. */
  readonly keypoints: readonly Point[];
  /** The same as the second convention marks them. */
  readonly otherwise: readonly Point[];
}

/** No keypoint comes closer to the picture's edge, in pixels of a 96-pixel picture. */
const MARGIN = 1.5;

/**
 * Draws the face that belongs to a seed and a row.
 *
 * @param seed whole number in [0, 2^32)
 * @param row which face of the seed
 * @param side width and height of the picture in pixels
 */
export function drawFace(seed: number, row: number, side: number): Face {
  const random = randomStream(seed, `synthetic face ${row}`);
  const traits = sampleTraits(random);
  const landmarks = landmarksOf(traits);
  const points = keypointsOf(landmarks);
  const view = framed(traits, points, side);
  const canvas = new Canvas(side);
  const noise = noiseSource(random.bits(1e6));
  const scene: Scene = {
    canvas,
    traits,
    landmarks,
    view,
    random,
    light: lighting(traits, view),
    grain: grainOf(noise, side),
    glow: skinGlow(canvas, view),
  };
  for (const draw of [
    drawBackdrop,
    drawHairBehind,
    drawBody,
    drawHead,
    drawNose,
    drawBeard,
    drawMouth,
    drawEyes,
    drawBrows,
    drawHair,
    drawGlasses,
  ]) {
    draw(scene);
  }
  return {
    image: develop(canvas, traits, noise),
    keypoints: points.map(view.project),
    otherwise: keypointsOf(secondConvention(landmarks, traits)).map(view.project),
  };
}

/** The pose as a projection, moved where needed so that every keypoint lies inside the picture. */
function framed({ pose }: Traits, points: readonly Point3[], side: number): Projection {
  const projected = points.map(projection(pose, 96).project);
  const shift = (axis: 0 | 1): number => {
    const coordinates = projected.map((point) => point[axis]);
    const before = MARGIN - Math.min(...coordinates);
    const behind = 96 - MARGIN - Math.max(...coordinates);
    return Math.max(before, 0) + Math.min(behind, 0);
  };
  const middle: Point = [pose.middle[0] + shift(0), pose.middle[1] + shift(1)];
  return projection({ ...pose, middle }, side);
}
