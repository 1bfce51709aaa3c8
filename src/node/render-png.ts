import { createRequire } from 'node:module';
import { optionalPackage } from './optional-package.ts';

export interface RenderPngOptions {
  /** Width of the picture in pixels. Default twice the SVG's own, which is sharp on screen and in print. */
  readonly width?: number;
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
    fitTo:
      options.width === undefined
        ? { mode: 'zoom', value: 2 }
        : { mode: 'width', value: options.width },
  });
  return resvg.render().asPng();
}

const optional = <T>(name: string, load: () => T | Promise<T>): Promise<T> =>
  optionalPackage(name, 'PNG pictures', load, 'write SVG instead');
