import type { Point } from './curves.ts';
import { type Point3, skinDepth } from './pose.ts';
import type { Traits } from './traits.ts';

/** Where the features of a face lie on its skin, in face units. One side; the other is its mirror. */
export interface Landmarks {
  readonly eye: Point;
  readonly innerCorner: Point;
  readonly outerCorner: Point;
  readonly browInner: Point;
  readonly browOuter: Point;
  readonly noseTip: Point;
  readonly mouthCorner: Point;
  readonly topLip: Point;
  readonly bottomLip: Point;
}

/** How far the tip of the nose stands out from the skin. */
export const NOSE_LIFT = 9;

/** The landmarks that follow from the proportions of a face. */
export function landmarksOf({ eyes, brows, nose, mouth }: Traits): Landmarks {
  return {
    eye: [eyes.distance, eyes.height],
    innerCorner: [eyes.distance - eyes.width, eyes.height + 0.8 - eyes.slant / 2],
    outerCorner: [eyes.distance + eyes.width, eyes.height + 0.5 + eyes.slant / 2],
    browInner: [brows.inner, brows.height],
    browOuter: [brows.outer, brows.height + brows.slant],
    noseTip: [0, nose.tip],
    mouthCorner: [mouth.width, mouth.height + 0.2 - mouth.smile],
    topLip: [0, mouth.height - mouth.upper - mouth.open / 2],
    bottomLip: [0, mouth.height + mouth.lower + mouth.open / 2],
  };
}

/** Kaggle's 15 keypoints, in the order of its columns; "left" is the subject's own. */
export const KEYPOINT_NAMES = [
  'left_eye_center',
  'right_eye_center',
  'left_eye_inner_corner',
  'left_eye_outer_corner',
  'right_eye_inner_corner',
  'right_eye_outer_corner',
  'left_eyebrow_inner_end',
  'left_eyebrow_outer_end',
  'right_eyebrow_inner_end',
  'right_eyebrow_outer_end',
  'nose_tip',
  'mouth_left_corner',
  'mouth_right_corner',
  'mouth_center_top_lip',
  'mouth_center_bottom_lip',
] as const;

export type KeypointName = (typeof KEYPOINT_NAMES)[number];

/** How much lower the second convention has the tip of the nose, in face units: below the nostrils. */
const LOWER_NOSE = 5;

/**
 * The same landmarks as other people mark them, the convention of rows with few labels, with differences
 * like those of Kaggle's table: an eye's centre lies halfway between its corners, not at the pupil (on
 * average 0.65 face units lower); the tip of the nose 5 units lower, below the nostrils; the mouth's
 * bottom in the middle of the mouth, not at the lower lip's edge (on average 3.8 units higher).
 */
export function secondConvention(landmarks: Landmarks, { mouth }: Traits): Landmarks {
  const { innerCorner, outerCorner, noseTip, bottomLip } = landmarks;
  return {
    ...landmarks,
    eye: [(innerCorner[0] + outerCorner[0]) / 2, (innerCorner[1] + outerCorner[1]) / 2],
    noseTip: [noseTip[0], noseTip[1] + LOWER_NOSE],
    bottomLip: [bottomLip[0], mouth.height],
  };
}

/** The keypoints of a face in space, in the order of `KEYPOINT_NAMES`. */
export function keypointsOf(landmarks: Landmarks): Point3[] {
  const left = ([x, y]: Point): Point3 => [x, y, skinDepth(x, y)];
  const right = ([x, y]: Point): Point3 => [-x, y, skinDepth(x, y)];
  const { noseTip } = landmarks;
  const places: Record<KeypointName, Point3> = {
    left_eye_center: left(landmarks.eye),
    right_eye_center: right(landmarks.eye),
    left_eye_inner_corner: left(landmarks.innerCorner),
    left_eye_outer_corner: left(landmarks.outerCorner),
    right_eye_inner_corner: right(landmarks.innerCorner),
    right_eye_outer_corner: right(landmarks.outerCorner),
    left_eyebrow_inner_end: left(landmarks.browInner),
    left_eyebrow_outer_end: left(landmarks.browOuter),
    right_eyebrow_inner_end: right(landmarks.browInner),
    right_eyebrow_outer_end: right(landmarks.browOuter),
    nose_tip: [noseTip[0], noseTip[1], skinDepth(...noseTip) + NOSE_LIFT],
    mouth_left_corner: left(landmarks.mouthCorner),
    mouth_right_corner: right(landmarks.mouthCorner),
    mouth_center_top_lip: left(landmarks.topLip),
    mouth_center_bottom_lip: left(landmarks.bottomLip),
  };
  return KEYPOINT_NAMES.map((name) => places[name]);
}
