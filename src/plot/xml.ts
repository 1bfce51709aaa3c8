const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Text made safe for the content and the attributes of XML and SVG; control characters, which XML
 * forbids, become U+FFFD.
 *
 * @example
 * escapeXml('a < b & "c"'); // 'a &lt; b &amp; &quot;c&quot;'
 */
export const escapeXml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');

type Attributes = Readonly<Record<string, string | number>>;

/**
 * An element with its attributes, escaped; numbers are rounded to hundredths.
 *
 * @param content markup of the children; escape text first
 * @example
 * element('circle', { cx: 1 / 3, cy: 2, r: 1 }); // '<circle cx="0.33" cy="2" r="1"/>'
 */
export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes)
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === 'number' ? rounded(value) : escapeXml(value)}"`,
    )
    .join('');
  return content === '' ? `<${name}${list}/>` : `<${name}${list}>${content}</${name}>`;
}

/** A number rounded to hundredths, as SVG needs no more. */
export const rounded = (value: number): string => String(Math.round(value * 100) / 100);

/**
 * A whole SVG document on a white ground.
 *
 * @param width and `height` in pixels
 * @param content markup
 */
export const svgDocument = (width: number, height: number, content: string): string =>
  element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      'font-family': FONT_FAMILY,
    },
    `\n${element('rect', { width: '100%', height: '100%', fill: '#fff' })}\n${content}\n`,
  );

/** Inter is what `renderPng` has; a browser without it takes its own. */
const FONT_FAMILY = 'Inter, system-ui, sans-serif';
