/** Colours of marks and lines: from Okabe and Ito's "Color universal design", safe for the colour-blind. */
export const COLOURS = {
  vermilion: '#d55e00',
  sky: '#56b4e9',
  blue: '#0072b2',
  green: '#009e73',
  orange: '#e69f00',
  purple: '#cc79a7',
} as const;

/** Colour of text and axes. */
export const INK = '#222';
