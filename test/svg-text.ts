/** How often a piece of markup occurs. */
export const count = (svg: string, part: string): number => svg.split(part).length - 1;

/** What the text elements say, as it was escaped. */
export const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((match) => match[1]!);

/** The small grey texts in the middle of something: captions of tiles. */
export const captionsOf = (svg: string): string[] =>
  [...svg.matchAll(/text-anchor="middle" class="fill-muted">([^<]*)</g)].map((match) => match[1]!);
