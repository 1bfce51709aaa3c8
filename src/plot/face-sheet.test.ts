import { describe, expect, test } from 'vitest';
import { InputError } from '../errors.ts';
import { faceSheet, type SheetFace } from './face-sheet.ts';

const image = Uint8Array.from({ length: 64 }, (_, i) => i * 4);
const face: SheetFace = {
  image,
  predicted: Float32Array.of(1, 2, 3, 4, 5, 6),
  truth: [1, 2, 3, 4, 5, 6],
};
const count = (svg: string, pattern: RegExp): number => svg.match(pattern)?.length ?? 0;
const LEGEND = 1;

describe('faceSheet', () => {
  test('has one picture a face, one mark a point and a legend', () => {
    const svg = faceSheet([face, face, { image, predicted: [1, 2] }], { columns: 2 });
    expect(count(svg, /<image /g)).toBe(3);
    expect(count(svg, /class="predicted"/g)).toBe(7 + LEGEND);
    expect(count(svg, /class="truth"/g)).toBe(6 + LEGEND);
    expect(count(svg, /class="legend"/g)).toBe(1);
  });

  test('draws pictures in colour at their own size', () => {
    const svg = faceSheet([{ image: new Uint8Array(192) }], { scale: 3 });
    expect(svg).toContain('<image width="24" height="24"');
  });

  test('stands in columns and rows', () => {
    const svg = faceSheet([{ image }, { image }, { image }], { columns: 2, scale: 3 });
    expect(svg).toContain('viewBox="0 0 72 72"');
    const places = [...svg.matchAll(/class="face" transform="translate\((\S+ \S+)\)"/g)];
    expect(places.map((match) => match[1])).toEqual(['8 8', '40 8', '8 40']);
    expect(svg).not.toContain('legend');
  });

  test('puts marks where the points are, times the scale', () => {
    const svg = faceSheet([{ image, predicted: [1.5, 2.25] }], { scale: 4 });
    expect(svg).toContain('class="predicted" transform="translate(6 9)"');
  });

  test('leaves out points that are NaN in either coordinate', () => {
    const svg = faceSheet([{ image, truth: [Number.NaN, Number.NaN, 3, Number.NaN, 5, 6] }]);
    expect(count(svg, /class="truth"/g)).toBe(1);
    expect(svg).not.toContain('NaN');
  });

  test('escapes captions and the title', () => {
    const svg = faceSheet([{ image, caption: 'a<b & "c"' }], { title: '<script>' });
    expect(svg).toContain('>a&lt;b &amp; &quot;c&quot;</text>');
    expect(svg).toContain('>&lt;script&gt;</text>');
    expect(svg).not.toContain('<script>');
  });

  test('is the same text every time', () => {
    const faces = [{ ...face, caption: 'row 7' }, face];
    expect(faceSheet(faces)).toBe(faceSheet(faces));
  });

  test.each([
    ['no faces', [], {}, /no faces/],
    ['a picture that is not square', [{ image: new Uint8Array(63) }], {}, /face 1: 63 pixels/],
    ['a grey picture among those in colour', [{ image: new Uint8Array(192) }, face], {}, /face 2/],
    ['pictures of two sizes', [face, { image: new Uint8Array(81) }], {}, /face 2: 81 pixels/],
    ['half a point', [{ image, truth: [1, 2, 3] }], {}, /face 1: 3 coordinates/],
    ['no columns', [face], { columns: 0 }, /columns is 0/],
    ['no size', [face], { scale: -1 }, /scale is -1/],
  ])('refuses %s', (_, faces, options, message) => {
    expect(() => faceSheet(faces, options)).toThrow(InputError);
    expect(() => faceSheet(faces, options)).toThrow(message);
  });
});
