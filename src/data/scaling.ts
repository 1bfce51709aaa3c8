/** How bytes and pixels become the numbers that a network sees and says. */
export interface Scaling {
  /** The network's input is the grey value divided by this. */
  readonly imageDivisor: number;
  /** A coordinate in pixels is the network's output times `labelScale` plus `labelOffset`. */
  readonly labelScale: number;
  readonly labelOffset: number;
}

/**
 * Images in [0, 1] and coordinates in [-1, 1]: p pixels become (p - side / 2) / (side / 2).
 *
 * @param side width and height of the images, in pixels
 * @example
 * standardScaling(96); // { imageDivisor: 255, labelScale: 48, labelOffset: 48 }
 */
export const standardScaling = (side: number): Scaling => ({
  imageDivisor: 255,
  labelScale: side / 2,
  labelOffset: side / 2,
});
