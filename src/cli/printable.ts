/**
 * Text from elsewhere, as a terminal may show it: control characters, which could clear the screen or
 * worse, become visible; ends of lines and tabs stay.
 *
 * @example
 * printable('a\u001b[2Jb'); // 'a\\x1b[2Jb'
 */
export const printable = (text: string): string =>
  text.replace(
    /(?![\n\t])\p{Cc}/gu,
    (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
