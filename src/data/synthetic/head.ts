import { times } from './canvas.ts';
import { closedCurve, mirrored, openCurve, type Point, ribbon, tapered } from './curves.ts';
import { BEHIND, EARS, RIM, type Scene, SIDES, symmetric } from './scene.ts';

/** The outline of the face with its skull, from the crown to the chin. */
function headOutline({ traits: { head } }: Scene): Point[] {
  return symmetric([
    [8, -54],
    [26, -46],
    [head.cheek - 1.5, -27],
    [head.cheek, -5],
    [head.cheek - 2.5, 12],
    [head.jaw, 27],
    [head.jaw * 0.52, head.chin - 3.5],
    [4, head.chin],
  ]);
}

/** Backdrop, with two soft patches so that it is not one even slope. */
export function drawBackdrop({ canvas, traits, random }: Scene): void {
  const { shade, slopeX, slopeY } = traits.backdrop;
  const { side } = canvas;
  canvas.background((x, y) => shade + slopeX * (x / side - 0.5) + slopeY * (y / side - 0.5));
  for (let patch = 0; patch < 2; patch++) {
    const middle: Point = [side * random.next(), side * random.next()];
    const [wide, high] = [side * random.between(0.15, 0.6), side * random.between(0.15, 0.6)];
    canvas.glow(middle, [wide, 0], [0, high], random.next(), 0.35);
  }
}

/** Neck, shoulders and ears. */
export function drawBody({ canvas, traits, view, light }: Scene): void {
  const { head, clothes, skin } = traits;
  const neck = head.jaw * 0.78;
  canvas.fill(
    view.atDepth(
      [
        [-neck, 20],
        [neck, 20],
        [neck, 70],
        [-neck, 70],
      ],
      BEHIND,
    ),
    light(skin * 0.72),
  );
  const shoulders = symmetric([
    [neck * 0.6, 57],
    [neck + 4, 53],
    [60, 62],
    [70, 90],
    [10, 95],
  ]);
  canvas.fill(view.atDepth(shoulders, BEHIND), clothes);
  for (const side of SIDES) {
    const ear = closedCurve(
      mirrored(
        [
          [head.cheek - 3, -10],
          [head.cheek + 3, -13],
          [head.cheek + 5.5, -7],
          [head.cheek + 3, 3],
          [head.cheek - 1, 9],
          [head.cheek - 4, 5],
        ],
        side,
      ),
    );
    canvas.fill(view.atDepth(ear, EARS), light(skin * 0.86));
    const fold = mirrored(
      [
        [head.cheek, -7],
        [head.cheek + 2.6, -8],
        [head.cheek + 1.6, 1],
      ],
      side,
    );
    canvas.fill(view.atDepth(ribbon(openCurve(fold), tapered(1.4)), EARS), times(0.7), 0.8);
  }
}

/** The head, lit as an ellipsoid, with the soft shadows that give it relief. */
export function drawHead(scene: Scene): void {
  const { canvas, traits, view, light, glow } = scene;
  const { eyes, brows, nose, mouth, head } = traits;
  canvas.fill(view.atDepth(headOutline(scene), RIM), light(traits.skin));
  const socketY = (eyes.height + brows.height) / 2 + 1;
  for (const side of SIDES) {
    glow([side * (eyes.distance - 3), socketY + 1], 11, 8.5, times(0.72), 0.75);
    glow([side * 22, 10], 12, 11, times(1.12), 0.6);
    glow([side * 27, 24], 9, 16, times(0.8), 0.5);
    const fold: Point[] = [
      [side * (nose.width + 1), nose.tip - 1],
      [side * (mouth.width - 1), mouth.height - 6],
      [side * (mouth.width + 2), mouth.height - 1.5 - Math.max(mouth.smile, 0)],
    ];
    const depth = 0.15 + 0.4 * traits.age * (0.4 + Math.max(mouth.smile, 0) / 3);
    canvas.fill(view.onSkin(ribbon(openCurve(fold), tapered(2))), times(0.62), depth);
  }
  glow([0, -28], 20, 9, times(1.1), 0.7);
  glow([0, mouth.height + mouth.lower + mouth.open / 2 + 3], 8, 3.2, times(0.72), 0.8);
  glow([0, head.chin - 6], 8, 5, times(1.1), 0.6);
  if (traits.age > 0.6) {
    for (const y of [-30, -26.5, -23.5]) {
      const line = ribbon(
        openCurve([
          [-15, y + 1],
          [0, y - 0.6],
          [15, y + 1],
        ]),
        tapered(0.8),
      );
      canvas.fill(view.onSkin(line), times(0.75), traits.age - 0.4);
    }
  }
}
