import fc from 'fast-check';
import { expect, test } from 'vitest';
import { element, escapeXml } from './xml.ts';

test('escapeXml replaces the five special characters', () => {
  expect(escapeXml(`<a href="b">'&'</a>`)).toBe(
    '&lt;a href=&quot;b&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;',
  );
});

test('escapeXml leaves nothing that XML forbids', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeXml(text);
      expect(escaped).not.toMatch(/[<>"']/);
      for (const character of escaped) {
        const code = character.codePointAt(0)!;
        expect(code >= 32 || code === 9 || code === 10 || code === 13).toBe(true);
        expect(code >= 0xd800 && code <= 0xdfff).toBe(false);
      }
    }),
  );
  expect(escapeXml('a\u0000b\u001fc\ud800d\uffff')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd');
  expect(escapeXml('Zoë 😀')).toBe('Zoë 😀');
});

test('element escapes attributes and rounds numbers', () => {
  expect(element('path', { d: '"', x: 1 / 3 })).toBe('<path d="&quot;" x="0.33"/>');
  expect(element('g', {}, '<a/>')).toBe('<g><a/></g>');
});
