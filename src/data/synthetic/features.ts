import { times } from './canvas.ts';
import {
  closedCurve,
  ellipse,
  mirrored,
  openCurve,
  type Point,
  ribbon,
  tapered,
} from './curves.ts';
import { NOSE_LIFT } from './landmarks.ts';
import { type Scene, SIDES } from './scene.ts';

const IRIS = 3.1;
const PUPIL = 1.6;

/** Eyes with sclera, iris and pupil between the lids, and the brows above them. */
export function drawEyes({ canvas, traits, view, landmarks, light }: Scene): void {
  const { eyes, skin } = traits;
  const { eye, innerCorner, outerCorner } = landmarks;
  const upper: Point[] = [
    innerCorner,
    [eye[0] - eyes.width * 0.45, eye[1] - eyes.opening * 0.85],
    [eye[0] + eyes.width * 0.1, eye[1] - eyes.opening * 1.1],
    [eye[0] + eyes.width * 0.6, eye[1] - eyes.opening * 0.75],
    outerCorner,
  ];
  const lower: Point[] = [
    outerCorner,
    [eye[0] + eyes.width * 0.5, eye[1] + eyes.opening * 0.85],
    [eye[0] - eyes.width * 0.3, eye[1] + eyes.opening * 0.95],
    innerCorner,
  ];
  const crease = upper.map(([x, y]): Point => [x, y - 1.9]);
  for (const side of SIDES) {
    const onSkin = (points: readonly Point[]): Point[] => view.onSkin(mirrored(points, side));
    const [upperLid, lowerLid] = [openCurve(upper), openCurve(lower)];
    const opening = canvas.region(onSkin([...upperLid, ...lowerLid]));
    canvas.paint(opening, light(0.5 + 0.4 * skin));
    const round = (radius: number) => canvas.region(onSkin(ellipse(eye, radius)));
    canvas.paint(round(IRIS), eyes.iris, 1, opening);
    canvas.paint(round(PUPIL), 0.02, 1, opening);
    canvas.paint(opening, times(0.7), 0.35);
    const glint = ellipse([eye[0] + side * 0.9, eye[1] - 1], 0.55);
    canvas.fill(onSkin(glint), 0.95, 0.8);
    canvas.fill(onSkin(ribbon(upperLid, tapered(1.7))), 0.06, 0.85);
    canvas.fill(onSkin(ribbon(lowerLid, tapered(0.8))), times(0.55), 0.8);
    canvas.fill(onSkin(ribbon(openCurve(crease), tapered(0.9))), times(0.6), 0.7);
    canvas.fill(onSkin(ellipse(innerCorner, 0.8, 0.6)), times(0.6), 0.6);
  }
}

/** Brows: bands from the inner to the outer end, thickest near the inner. */
export function drawBrows({ canvas, traits, view, landmarks, light, grain }: Scene): void {
  const { brows, hair } = traits;
  const { browInner, browOuter } = landmarks;
  const [innerX, innerY] = browInner;
  const [outerX, outerY] = browOuter;
  const at = (way: number, rise: number): Point => [
    innerX + (outerX - innerX) * way,
    innerY + (outerY - innerY) * way - rise,
  ];
  const path = openCurve([browInner, at(0.35, brows.arch * 0.7), at(0.65, brows.arch), browOuter]);
  const width = (way: number): number => brows.thickness * (0.75 + way * (2 - 2.6 * way)) + 0.25;
  const shade = light(Math.min(hair.shade, 0.5) * 0.8);
  for (const side of SIDES) {
    const band = view.onSkin(mirrored(ribbon(path, width), side));
    canvas.fill(band, (x, y, below) => shade(x, y, below) * (1 + 0.4 * grain(x, y)), 0.85);
  }
}

/** Nose: shaded flanks, a lit bridge and tip, wings and nostrils. */
export function drawNose({ canvas, traits, view, landmarks, glow }: Scene): void {
  const { nose, eyes, light } = traits;
  const [, tip] = landmarks.noseTip;
  const away = light.x > 0 ? -1 : 1;
  const strength = Math.min(Math.abs(light.x), 0.6);
  const flank: Point[] = [
    [away * 3.5, eyes.height + 1],
    [away * 4, tip - 12],
    [away * (nose.width - 0.5), tip - 1],
    [away * 2.5, tip + 1],
    [away * 2, tip - 12],
  ];
  canvas.fill(view.onSkin(closedCurve(flank), NOSE_LIFT * 0.4), times(0.75), 0.25 + strength);
  for (let step = 0; step < 4; step++) {
    const way = step / 3;
    glow([0, eyes.height + 3 + way * (tip - eyes.height - 6)], 3, 6, times(1.1), 0.5);
  }
  const [x, y] = view.onSkin([[0, tip]], NOSE_LIFT)[0]!;
  const half = canvas.side / 96;
  glow([0, tip + 4], nose.width + 1, 3.6, times(0.6), 0.8);
  canvas.glow([x, y], [6 * half, 0], [0, 4.5 * half], times(1.25), 0.75);
  for (const side of SIDES) {
    const under = (points: readonly Point[]): Point[] =>
      view.onSkin(mirrored(points, side), NOSE_LIFT * 0.45);
    canvas.fill(under(ellipse([nose.width * 0.45, tip + 3.1], 1.9, 1)), 0.05, 0.7);
    const wing = openCurve([
      [nose.width * 0.85, tip - 2.5],
      [nose.width + 0.4, tip + 0.8],
      [nose.width * 0.8, tip + 3.2],
    ]);
    canvas.fill(under(ribbon(wing, tapered(1.4))), times(0.5), 0.7);
  }
}

/** Mouth: two lips, the line or the teeth between them. */
export function drawMouth({ canvas, traits, view, landmarks, light }: Scene): void {
  const { mouth, skin } = traits;
  const { mouthCorner, topLip, bottomLip } = landmarks;
  const [cornerX, cornerY] = mouthCorner;
  const whole = (half: readonly Point[]): Point[] =>
    openCurve([...mirrored(half, -1).reverse(), ...half.slice(half[0]![0] === 0 ? 1 : 0)]);
  const top = whole([
    topLip,
    [2.6, topLip[1] - 0.9],
    [cornerX * 0.6, (topLip[1] + cornerY) / 2 - 0.4],
    mouthCorner,
  ]);
  const sag = Math.max(mouth.smile, 0) * 0.35;
  const inner = (y: number): Point[] =>
    whole([[0, y + sag], [cornerX * 0.5, y + sag * 0.7 + (cornerY - y) * 0.12], mouthCorner]);
  const upperEdge = inner(mouth.height - mouth.open / 2);
  const lowerEdge = inner(mouth.height + mouth.open / 2);
  const bottom = whole([
    bottomLip,
    [cornerX * 0.5, bottomLip[1] - 0.7],
    [cornerX * 0.8, (bottomLip[1] + cornerY) / 2],
    mouthCorner,
  ]);
  const between = (one: readonly Point[], two: readonly Point[]): Point[] =>
    view.onSkin([...one, ...[...two].reverse()]);
  const shade = skin * traits.lips;
  canvas.fill(between(top, upperEdge), light(shade * 0.85));
  canvas.fill(between(lowerEdge, bottom), light(shade * 1.05));
  if (mouth.open > 0) {
    const gap = canvas.region(between(upperEdge, lowerEdge));
    canvas.paint(gap, 0.06);
    const teeth = ellipse(
      [0, mouth.height - mouth.open * 0.1 + sag],
      cornerX * 0.72,
      mouth.open * 0.62,
    );
    canvas.paint(canvas.region(view.onSkin(teeth)), light(0.92), 0.95, gap);
  }
  const line = ribbon(upperEdge, tapered(1.3));
  canvas.fill(view.onSkin(line), 0.04, 0.75);
  for (const side of SIDES) {
    canvas.fill(view.onSkin(ellipse([side * cornerX, cornerY], 1, 0.8)), times(0.5), 0.7);
  }
}

/** Frames in front of the eyes, with their bridge and temples. */
export function drawGlasses({ canvas, traits, view, landmarks, random }: Scene): void {
  if (traits.glasses === 'none') return;
  const [x, y] = landmarks.eye;
  const shade = random.between(0.03, 0.35);
  const thickness = random.between(0.9, 2);
  const [wide, high] = traits.glasses === 'round' ? [11, 9.5] : [12, 8];
  const rim: Point[] =
    traits.glasses === 'round'
      ? ellipse([x, y + 1], wide, high)
      : closedCurve([
          [x - wide, y - high + 3],
          [x - wide + 2, y - high + 1],
          [x + wide - 2, y - high + 1],
          [x + wide, y - high + 3],
          [x + wide - 0.5, y + high - 2],
          [x + wide - 3, y + high + 0.5],
          [x - wide + 3, y + high + 0.5],
          [x - wide + 0.5, y + high - 2],
        ]);
  const even = () => thickness;
  const stroke = (path: readonly Point[]): void => {
    canvas.fill(view.onSkin(ribbon(path, even), 3), shade, 0.9);
  };
  for (const side of SIDES) {
    const lens = mirrored([...rim, rim[0]!, rim[1]!], side);
    canvas.fill(view.onSkin(mirrored(rim, side), 3), times(0.92));
    stroke(lens);
    stroke(
      mirrored(
        [
          [x + wide, y - 1],
          [traits.head.cheek - 1, y - 2.5],
        ],
        side,
      ),
    );
  }
  stroke(
    openCurve([
      [wide - x, y],
      [0, y - 1.5],
      [x - wide, y],
    ]),
  );
}
