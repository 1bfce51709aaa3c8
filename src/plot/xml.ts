import { styleSheet, type Theme } from './theme.ts';

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
 * A whole SVG document.
 *
 * @param width and `height` in pixels
 * @param content markup; colours come from classes, see `styleSheet`
 */
export const svgDocument = (
  width: number,
  height: number,
  content: string,
  theme: Theme = 'auto',
): string =>
  element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      'font-family': FONT_FAMILY,
    },
    [
      '',
      element('style', {}, styleSheet(theme)),
      element('rect', { width: '100%', height: '100%', class: 'fill-ground' }),
      content,
      '',
    ].join('\n'),
  );

/** What a line of text looks like. */
export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  /** In pixels; default 12. */
  readonly size?: number;
  readonly bold?: boolean;
  /** Class of the fill; default `fill-ink`. */
  readonly class?: string;
  /** Degrees clockwise about its own place. */
  readonly rotate?: number;
}

/** A line of text, escaped, on its base line at (x, y). */
export const text = (content: string, x: number, y: number, style: TextStyle = {}): string =>
  element(
    'text',
    {
      x,
      y,
      'font-size': style.size ?? 12,
      ...(style.anchor && style.anchor !== 'start' ? { 'text-anchor': style.anchor } : {}),
      ...(style.bold ? { 'font-weight': 700 } : {}),
      ...(style.rotate ? { transform: `rotate(${style.rotate} ${rounded(x)} ${rounded(y)})` } : {}),
      class: style.class ?? 'fill-ink',
    },
    escapeXml(content),
  );

/** A group of marks, shifted. */
export const group = (name: string, content: string | readonly string[], x = 0, y = 0): string =>
  element(
    'g',
    { class: name, ...(x || y ? { transform: `translate(${rounded(x)} ${rounded(y)})` } : {}) },
    typeof content === 'string' ? content : content.join(''),
  );

/** Inter is what `renderPng` has; a browser without it takes its own. */
const FONT_FAMILY = 'Inter, system-ui, sans-serif';
