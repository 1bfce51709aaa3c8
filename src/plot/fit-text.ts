/** About as wide as a letter of 12 pixels. */
export const LETTER = 6.6;

/** A line of text that fits a width in pixels; where it must, its end is left out. */
export function shortened(content: string, width: number, letter = LETTER): string {
  const letters = Math.max(4, Math.floor(width / letter));
  return content.length <= letters ? content : `${content.slice(0, letters - 1)}…`;
}

/** Breaks a text into lines of 11 pixels that fit a width in pixels. */
export function wrap(content: string, width: number): string[] {
  const letters = Math.max(10, Math.floor(width / (LETTER * 0.9)));
  const lines: string[] = [''];
  for (const word of content.split(/\s+/)) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > letters) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** Letters of the longest of some texts. */
export const longest = (texts: readonly string[]): number =>
  texts.reduce((most, { length }) => Math.max(most, length), 0);
