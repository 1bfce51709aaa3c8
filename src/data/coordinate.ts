/** A number as tables write it: 48, -0.5, .5, 1e-3; neither NaN nor infinity. */
export const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A coordinate as a table shows it: at most six decimals, no zeros at the end.
 *
 * @param pixels a finite number
 * @example
 * formatCoordinate(48.5); // '48.5'
 */
export const formatCoordinate = (pixels: number): string => String(Number(pixels.toFixed(6)));
