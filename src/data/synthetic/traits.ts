import type { RandomStream } from '../../random.ts';
import type { Pose } from './pose.ts';

export type HairStyle = 'bald' | 'cropped' | 'parted' | 'fringe' | 'long' | 'receding' | 'curly';

/** What distinguishes one drawn face from another. Lengths in face units, shades 0 black to 1 white. */
export interface Traits {
  readonly pose: Pose;
  /** Half-width of the head at the cheekbones and at the jaw, height of the chin. */
  readonly head: { readonly cheek: number; readonly jaw: number; readonly chin: number };
  readonly eyes: {
    readonly distance: number;
    readonly height: number;
    readonly width: number;
    readonly opening: number;
    /** How much lower the outer corner lies than the inner. */
    readonly slant: number;
    readonly iris: number;
  };
  readonly brows: {
    readonly height: number;
    readonly inner: number;
    readonly outer: number;
    readonly arch: number;
    readonly slant: number;
    readonly thickness: number;
  };
  readonly nose: { readonly tip: number; readonly width: number };
  readonly mouth: {
    readonly height: number;
    readonly width: number;
    readonly upper: number;
    readonly lower: number;
    /** How far the corners are drawn up. */
    readonly smile: number;
    /** Gap between the lips. */
    readonly open: number;
  };
  readonly hair: { readonly style: HairStyle; readonly shade: number; readonly line: number };
  /** 0 none; otherwise how dense. */
  readonly beard: number;
  readonly moustache: number;
  readonly glasses: 'none' | 'round' | 'square';
  readonly age: number;
  readonly skin: number;
  readonly lips: number;
  readonly clothes: number;
  /** Where the light comes from (x, y; towards the viewer is the rest) and how much is everywhere. */
  readonly light: { readonly x: number; readonly y: number; readonly ambient: number };
  readonly backdrop: { readonly shade: number; readonly slopeX: number; readonly slopeY: number };
  /** How the photograph came out. */
  readonly photo: {
    readonly contrast: number;
    readonly brightness: number;
    readonly blur: number;
    readonly noise: number;
  };
}

const STYLES: readonly HairStyle[] = [
  'cropped',
  'cropped',
  'parted',
  'parted',
  'fringe',
  'long',
  'long',
  'curly',
  'receding',
  'bald',
];

/** Draws the traits of one face; the numbers follow the averages of Kaggle's table. */
export function sampleTraits(random: RandomStream): Traits {
  /** Around a mean, never further than two and a half deviations. */
  const about = (mean: number, deviation: number): number =>
    mean + deviation * Math.min(Math.max(random.normal(), -2.5), 2.5);
  const { between } = random;
  const chance = (share: number): boolean => random.next() < share;

  const style = STYLES[random.below(STYLES.length)]!;
  const skin = chance(0.25) ? between(0.38, 0.52) : between(0.58, 0.88);
  const bearded = style !== 'long' && style !== 'fringe' && chance(0.35);
  const smiling = chance(0.5);
  const age = between(0, 1);
  const mouthHeight = about(28.2, 2.2);
  const slope = (): number => between(-0.2, 0.2);
  return {
    pose: {
      yaw: about(0, 0.085),
      pitch: about(0, 0.05),
      roll: about(0, 0.035),
      size: about(0.985, 0.055),
      middle: [about(48, 1.9), about(48.5, 2.1)],
    },
    head: { cheek: about(36.5, 1.5), jaw: about(30, 2), chin: about(46, 2) },
    eyes: {
      distance: about(18.3, 0.8),
      height: about(-11.3, 1),
      width: about(7.1, 0.5),
      opening: about(2.7, 0.45),
      slant: about(0, 0.6),
      iris: between(0.12, 0.42),
    },
    brows: {
      height: about(-19.3, 1.3),
      inner: about(8.4, 1.3),
      outer: about(31.6, 1.5),
      arch: about(3.2, 1),
      slant: about(0.9, 1.1),
      thickness: between(1.4, 3.4),
    },
    nose: { tip: mouthHeight - about(14, 1.5), width: about(8.6, 0.9) },
    mouth: {
      height: mouthHeight,
      width: about(smiling ? 16.5 : 14, 1.3),
      upper: about(2.5, 0.5),
      lower: about(3.4, 0.6),
      smile: smiling ? between(1, 2.8) : between(-0.2, 0.8),
      open: smiling && chance(0.65) ? between(1.2, 3.8) : 0,
    },
    hair: {
      style,
      shade: age > 0.75 && chance(0.6) ? between(0.5, 0.85) : between(0.04, 0.45),
      line: about(-34, 2.5),
    },
    beard: bearded ? between(0.25, 0.85) : 0,
    moustache: bearded && chance(0.7) ? between(0.4, 0.9) : 0,
    glasses: chance(0.16) ? (chance(0.5) ? 'round' : 'square') : 'none',
    age,
    skin,
    lips: between(0.6, 0.85),
    clothes: between(0.05, 0.8),
    light: { x: about(0, 0.4), y: about(-0.35, 0.2), ambient: between(0.35, 0.7) },
    backdrop: { shade: between(0.1, 0.9), slopeX: slope(), slopeY: slope() },
    photo: {
      contrast: between(0.75, 1.15),
      brightness: between(-0.08, 0.08),
      blur: chance(0.6) ? between(0, 0.12) : between(0.12, 0.3),
      noise: between(0.005, 0.028),
    },
  };
}
