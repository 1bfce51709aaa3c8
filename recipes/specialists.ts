import type { Specialist, SpecialistsRecipe } from '../src/train/specialists.ts';
import { net8 } from './net8.ts';

const specialist = (name: string, ...points: string[]): Specialist => ({
  name,
  points,
  settings: [],
});

/** Kaggle's 15 keypoints, divided by where they are and by how often they are labelled together. */
export const partsOfFace: readonly Specialist[] = [
  // The four points that some 7,000 rows have, against 2,140 for all 15.
  specialist('eye_centers', 'left_eye_center', 'right_eye_center'),
  specialist('nose_tip', 'nose_tip'),
  specialist('mouth', 'mouth_left_corner', 'mouth_right_corner', 'mouth_center_top_lip'),
  specialist('bottom_lip', 'mouth_center_bottom_lip'),
  specialist(
    'eye_corners',
    ...['left_eye_inner_corner', 'right_eye_inner_corner'],
    ...['left_eye_outer_corner', 'right_eye_outer_corner'],
  ),
  specialist(
    'eyebrows',
    ...['left_eyebrow_inner_end', 'right_eyebrow_inner_end'],
    ...['left_eyebrow_outer_end', 'right_eyebrow_outer_end'],
  ),
];

export const specialists: SpecialistsRecipe = {
  name: 'specialists',
  about:
    'Six nets like net8, one for each part of the face: each learns from every row that has its points.',
  base: net8,
  // Those with fewer rows go through them more often; weights of another net need less than half of that.
  epochRows: { scratch: 1e7, pretrained: 4e6 },
  specialists: partsOfFace,
};
