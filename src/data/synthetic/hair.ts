import { type Shader, times } from './canvas.ts';
import { closedCurve, openCurve, type Point, ribbon, tapered } from './curves.ts';
import { BEHIND, RIM, type Scene, symmetric } from './scene.ts';

/** Stubble or a beard on jaw and chin, and a moustache. */
export function drawBeard({ canvas, traits, view, landmarks, light, grain }: Scene): void {
  const { head, hair, mouth, nose } = traits;
  const shade: Shader = (x, y, below) => light(hair.shade)(x, y, below) + grain(x, y) * 0.08;
  if (traits.beard > 0) {
    const edge = closedCurve([
      [head.cheek - 0.5, 2],
      [head.cheek - 1.5, 13],
      [head.jaw + 1, 28],
      [head.jaw * 0.55, head.chin - 2],
      [0, head.chin + 1.5],
      [-head.jaw * 0.55, head.chin - 2],
      [-head.jaw - 1, 28],
      [-head.cheek + 1.5, 13],
      [-head.cheek + 0.5, 2],
      [-head.jaw + 5, 16],
      [-mouth.width - 3, 24],
      [-mouth.width * 0.6, landmarks.bottomLip[1] + 4],
      [0, landmarks.bottomLip[1] + 2.5],
      [mouth.width * 0.6, landmarks.bottomLip[1] + 4],
      [mouth.width + 3, 24],
      [head.jaw - 5, 16],
    ]);
    canvas.fill(view.atDepth(edge, 16), shade, traits.beard);
  }
  if (traits.moustache > 0) {
    const top = (nose.tip + 4 + landmarks.topLip[1]) / 2;
    const moustache = symmetric([
      [1, top - 1],
      [9, top],
      [mouth.width + 1, landmarks.mouthCorner[1] + 1],
      [9, landmarks.topLip[1] + 0.4],
      [1, landmarks.topLip[1] + 0.2],
    ]);
    canvas.fill(view.onSkin(moustache), shade, traits.moustache);
  }
}

/** Hair that falls behind the head. */
export function drawHairBehind({ canvas, traits, view, light }: Scene): void {
  const { hair, head } = traits;
  if (hair.style !== 'long' && hair.style !== 'curly') return;
  const length = hair.style === 'long' ? 75 : 28;
  const wide = head.cheek + (hair.style === 'long' ? 6 : 10);
  const fall = symmetric([
    [10, -62],
    [wide - 6, -48],
    [wide, -15],
    [wide + 2, length * 0.5],
    [wide - 4, length],
    [8, length],
  ]);
  canvas.fill(view.atDepth(fall, BEHIND), light(hair.shade * 0.8));
}

/** The hair on the head, above its line, with strands. */
export function drawHair(scene: Scene): void {
  const { canvas, traits, view, light, random, grain } = scene;
  const { hair, head } = traits;
  if (hair.style === 'bald') return;
  const region = canvas.region(view.atDepth(hairOutline(scene), RIM));
  const texture = hair.style === 'curly' ? 0.3 : 0.1;
  canvas.paint(
    region,
    (x, y, below) => light(hair.shade)(x, y, below) + grain(x, y) * texture * hair.shade,
  );
  if (hair.style === 'curly') return;
  for (let strand = 0; strand < 12; strand++) {
    const from = random.between(-1, 1);
    const path = openCurve([
      [from * 12, -56],
      [from * head.cheek * 0.8, -42],
      [from * (head.cheek + 3), random.between(-32, -10)],
    ]);
    const line = canvas.region(view.atDepth(ribbon(path, tapered(random.between(1, 3))), RIM));
    canvas.paint(line, times(random.between(0.65, 1.35)), 0.6, region);
  }
}

/** Crown and hairline of each style; the hairline runs from one temple to the other. */
function hairOutline({ traits: { hair, head } }: Scene): Point[] {
  const { line } = hair;
  const temple = head.cheek - 1;
  const crown = (rise: number, wide: number): Point[] => [
    [-wide, -25],
    [-28 - rise / 2, -48 - rise / 2],
    [0, -55 - rise],
    [28 + rise / 2, -48 - rise / 2],
    [wide, -25],
  ];
  const cheek = head.cheek;
  switch (hair.style) {
    case 'receding':
      return closedCurve([
        [-cheek - 0.5, -4],
        ...crown(1, cheek + 1),
        [cheek + 0.5, -4],
        [temple - 2, -12],
        [temple - 5, -27],
        [22, -44],
        [8, -40],
        [0, -38],
        [-8, -40],
        [-22, -44],
        [5 - temple, -27],
        [2 - temple, -12],
      ]);
    case 'parted':
      return closedCurve([
        [-cheek - 1, -2],
        ...crown(5, cheek + 2.5),
        [cheek + 1, -2],
        [temple - 1, -14],
        [temple - 3, -22],
        [24, line + 4],
        [8, line - 5],
        [-6, line - 3],
        [-22, line + 5],
        [3 - temple, -20],
        [1 - temple, -14],
      ]);
    case 'fringe':
      return closedCurve([
        [-cheek - 2, 8],
        ...crown(4, cheek + 3),
        [cheek + 2, 8],
        [temple - 3, -4],
        [temple - 5, -20],
        [20, line + 5],
        [0, line + 4],
        [-20, line + 5],
        [5 - temple, -20],
        [3 - temple, -4],
      ]);
    case 'long':
      return closedCurve([
        [-cheek - 5, 40],
        [-cheek - 4, 0],
        ...crown(6, cheek + 4),
        [cheek + 4, 0],
        [cheek + 5, 40],
        [temple - 3, 16],
        [temple - 2, -12],
        [temple - 3, -21],
        [24, line + 3],
        [4, line - 7],
        [-24, line + 3],
        [3 - temple, -21],
        [2 - temple, -12],
        [3 - temple, 16],
      ]);
    case 'curly':
      return closedCurve([
        [-cheek - 5, 2],
        ...crown(10, cheek + 8),
        [cheek + 5, 2],
        [temple - 2, -12],
        [temple - 5, -25],
        [22, line - 1],
        [8, line + 1],
        [-8, line],
        [-22, line],
        [5 - temple, -25],
        [2 - temple, -12],
      ]);
    default:
      return closedCurve([
        [-cheek - 0.5, -6],
        ...crown(2, cheek + 1),
        [cheek + 0.5, -6],
        [temple - 2, -14],
        [temple - 5, -27],
        [20, line - 3],
        [0, line - 2],
        [-20, line - 3],
        [5 - temple, -27],
        [2 - temple, -14],
      ]);
  }
}
