import { decode } from 'fast-png';
import { describe, expect, test, vi } from 'vitest';
import { InputError } from '../errors.ts';
import { imageUri } from '../plot/image-png.ts';
import { element, svgDocument } from '../plot/xml.ts';
import { renderPng } from './render-png.ts';

describe('renderPng', () => {
  test('shows an embedded grey picture pixel by pixel', async () => {
    const side = 16;
    const grey = Uint8Array.from({ length: side * side }, (_, i) => i);
    const href = imageUri(grey, { side, channels: 1 });
    const svg = svgDocument(side, side, element('image', { width: side, height: side, href }));
    const { data, channels, width } = decode(await renderPng(svg, { width: side }));
    expect([width, channels]).toEqual([side, 4]);
    expect(Uint8Array.from(grey, (_, i) => data[i * 4]!)).toEqual(grey);
  });

  test('sets text from the font package, so that it never vanishes', async () => {
    const text = element('text', { x: 10, y: 30, 'font-size': 24, fill: '#000' }, 'Test');
    const { data, width, height } = decode(await renderPng(svgDocument(80, 40, text)));
    expect([width, height]).toEqual([160, 80]);
    const dark = data.filter((value, i) => i % 4 === 0 && value < 64).length;
    expect(dark).toBeGreaterThan(200);
  });

  test('gives the same bytes every time', async () => {
    const svg = svgDocument(20, 20, element('circle', { cx: 10, cy: 10, r: 7, fill: '#d55e00' }));
    expect(await renderPng(svg)).toEqual(await renderPng(svg));
  });

  test('says which optional package is absent and what to do', async () => {
    vi.doMock('@resvg/resvg-js', () => {
      throw new Error('Cannot find package');
    });
    const error = await renderPng(svgDocument(1, 1, '')).catch((caught: unknown) => caught);
    vi.doUnmock('@resvg/resvg-js');
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toContain('"@resvg/resvg-js"');
    expect((error as InputError).advice).toContain('npm install @resvg/resvg-js');
  });
});
