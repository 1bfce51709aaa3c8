/** Grounds for which a figure is coloured; `auto` follows the reader's screen and is light in print. */
export type Theme = 'auto' | 'light' | 'dark';

/**
 * Names of the colours that tell series apart, in the order in which they are given out: from Okabe and
 * Ito's "Color universal design", safe for the colour-blind. A mark has the class of its colour.
 */
export const SERIES_COLOURS = ['blue', 'vermilion', 'green', 'purple', 'orange', 'sky'] as const;
export type SeriesColour = (typeof SERIES_COLOURS)[number];

type Palette = Readonly<Record<'ground' | 'ink' | 'muted' | 'grid' | SeriesColour, string>>;

/** Marks on photographs have these colours on any ground. */
export const LIGHT: Palette = {
  ground: '#ffffff',
  ink: '#222222',
  muted: '#666666',
  grid: '#e2e2e2',
  blue: '#0072b2',
  vermilion: '#d55e00',
  green: '#009e73',
  purple: '#cc79a7',
  orange: '#e69f00',
  sky: '#56b4e9',
};
/** Blue and green are lightened: on black the originals sink. Sky is, to stay apart from blue. */
export const DARK: Palette = {
  ...LIGHT,
  ground: '#16181c',
  ink: '#e8e8e8',
  muted: '#a0a0a0',
  grid: '#33363c',
  blue: '#3d94d6',
  green: '#2fc79a',
  sky: '#a6dcff',
};

/**
 * The colours of a figure as CSS: class `fill-…` fills and class `stroke-…` draws lines with a colour
 * of the palette.
 *
 * PNG pictures are made of the rules outside `@media`, so they are light unless asked for dark.
 */
export function styleSheet(theme: Theme): string {
  if (theme === 'dark') return rules(DARK);
  const light = rules(LIGHT);
  return theme === 'light'
    ? light
    : `${light}@media screen and (prefers-color-scheme:dark){${rules(DARK)}}`;
}

const rules = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `.fill-${name}{fill:${colour}}.stroke-${name}{stroke:${colour}}`)
    .join('');
