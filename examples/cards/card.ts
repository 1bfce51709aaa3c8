/** A colour: red, green and blue from 0 to 255. */
export type Colour = readonly [number, number, number];

/** What a card looks like at a place on it, in millimetres from its centre; x to the right, y down. */
export type Surface = (x: number, y: number) => Colour | undefined;

export const SUITS = ['diamonds', 'hearts', 'spades', 'clubs'] as const;
export type Suit = (typeof SUITS)[number];

/** Half the width and half the height of a playing card, in millimetres. */
export const HALF_WIDTH = 31.5;
export const HALF_HEIGHT = 44;
const CORNER_RADIUS = 3.5;

const PAPER: Colour = [250, 248, 242];
const RED: Colour = [200, 30, 45];
const BLACK: Colour = [30, 30, 36];

/** Where the pips of the upper half stand, in millimetres from the centre, for one, two and three. */
const PIPS = { radius: 7.5, left: -14, right: 14, top: -26 };
const LAYOUTS = [
  [[0, PIPS.top]],
  [
    [PIPS.left, PIPS.top],
    [PIPS.right, PIPS.top],
  ],
  [
    [PIPS.left, PIPS.top],
    [PIPS.right, PIPS.top],
    [0, -10],
  ],
] as const;
/** The small pip in the corner. */
const INDEX = { x: -26.5, y: -38, radius: 2.6 };

/** How many kinds of cards a suit has. */
export const RANKS = LAYOUTS.length;

/**
 * A playing card with two, four or six pips and a small one in two corners. It looks the same upside
 * down: the lower half is the upper half turned by 180 degrees.
 *
 * @param rank from 0 to `RANKS` - 1
 * @returns its colour at a place; undefined beyond its rounded corners
 */
export function card(suit: Suit, rank: number): Surface {
  const isInk = SHAPES[suit];
  const ink = suit === 'diamonds' || suit === 'hearts' ? RED : BLACK;
  const marks = [...LAYOUTS[rank]!.map(([x, y]) => ({ x, y, radius: PIPS.radius })), INDEX];
  return (x, y) => {
    if (!isOnCard(x, y)) return undefined;
    const turn = y > 0 ? -1 : 1;
    for (const mark of marks) {
      const across = (turn * x - mark.x) / mark.radius;
      const down = (turn * y - mark.y) / mark.radius;
      if (Math.abs(across) <= 1 && Math.abs(down) <= 1 && isInk(across, down)) return ink;
    }
    return PAPER;
  };
}

/** Whether a place, in millimetres from the centre, is within the rounded corners. */
export function isOnCard(x: number, y: number): boolean {
  const beyondX = Math.abs(x) - (HALF_WIDTH - CORNER_RADIUS);
  const beyondY = Math.abs(y) - (HALF_HEIGHT - CORNER_RADIUS);
  if (beyondX > CORNER_RADIUS || beyondY > CORNER_RADIUS) return false;
  return beyondX < 0 || beyondY < 0 || Math.hypot(beyondX, beyondY) <= CORNER_RADIUS;
}

/** Whether a suit has ink at a place in a square from -1 to 1, y down. */
const SHAPES: Readonly<Record<Suit, (x: number, y: number) => boolean>> = {
  diamonds: (x, y) => Math.abs(x) / 0.75 + Math.abs(y) <= 1,
  hearts: (x, y) => isHeart(x, y),
  spades: (x, y) => isHeart(x, -y * 1.15 - 0.15) || isStem(x, y),
  clubs: (x, y) =>
    Math.hypot(x, y + 0.5) < 0.45 || Math.hypot(Math.abs(x) - 0.5, y - 0.15) < 0.45 || isStem(x, y),
};

/** Inside of the curve (x^2 + y^2 - 1)^3 = x^2 y^3, made to fit. */
function isHeart(x: number, y: number): boolean {
  const across = x * 1.15;
  const up = 0.1 - y * 1.12;
  return (across ** 2 + up ** 2 - 1) ** 3 <= across ** 2 * up ** 3;
}

const isStem = (x: number, y: number): boolean => y > 0 && Math.abs(x) < 0.08 + 0.3 * y ** 3;
