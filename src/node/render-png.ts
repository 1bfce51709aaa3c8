import { createRequire } from 'node:module';
import type { RenderedImage } from '@resvg/resvg-js';
import type { Picture } from '../picture/picture.ts';
import { optionalPackage } from './optional-package.ts';

export interface RenderPngOptions {
  /** Width of the picture in pixels. Default twice the SVG's own, which is sharp on screen and in print. */
  readonly width?: number | undefined;
}

const FONTS = ['400Regular/Inter_400Regular.ttf', '700Bold/Inter_700Bold.ttf'];

/**
 * Turns an SVG picture into the bytes of a PNG file. Text is set in Inter, whatever fonts the machine
 * has, so that the same SVG gives the same picture everywhere.
 *
 * @throws InputError where one of the optional packages is absent
 * @example
 * await writeFile('faces.png', await renderPng(faceSheet(faces)));
 */
export async function renderPng(svg: string, options: RenderPngOptions = {}): Promise<Uint8Array> {
  return (await render(svg, options, 'PNG pictures', 'write SVG instead')).asPng();
}

/**
 * Turns an SVG picture into pixels, one for each of its own.
 *
 * @param purpose what needs it, for messages, as the subject of a sentence: "Drawings"
 * @returns RGBA values, the colours multiplied by alpha
 * @throws InputError where one of the optional packages is absent
 */
export async function renderPixels(svg: string, purpose: string): Promise<Picture> {
  const { width, height, pixels } = await render(svg, { zoom: 1 }, purpose);
  return { width, height, data: pixels };
}

async function render(
  svg: string,
  { width, zoom = 2 }: RenderPngOptions & { readonly zoom?: number },
  purpose: string,
  otherwise?: string,
): Promise<RenderedImage> {
  const optional = <T>(name: string, load: () => T | Promise<T>): Promise<T> =>
    optionalPackage(name, purpose, load, otherwise);
  const { Resvg } = await optional('@resvg/resvg-js', () => import('@resvg/resvg-js'));
  const { resolve } = createRequire(import.meta.url);
  const fontFiles = await optional('@expo-google-fonts/inter', () =>
    FONTS.map((file) => resolve(`@expo-google-fonts/inter/${file}`)),
  );
  const resvg = new Resvg(svg, {
    font: {
      fontFiles,
      loadSystemFonts: false,
      defaultFontFamily: 'Inter',
      sansSerifFamily: 'Inter',
    },
    fitTo: width === undefined ? { mode: 'zoom', value: zoom } : { mode: 'width', value: width },
  });
  return resvg.render();
}
