import { formatOfSize, imageSize } from '../data/image-format.ts';
import type { KeypointSchema } from '../data/schema.ts';
import type { EngineBuild } from '../engine/build.ts';
import { InputError } from '../errors.ts';
import { decodeModel } from '../model/decode-model.ts';
import type { Model } from '../model/model-file.ts';
import { type Box, requireBox, type Square, squareOf, wholeBox } from '../picture/box.ts';
import { cropPicture, toPicture } from '../picture/crop.ts';
import type { Picture } from '../picture/picture.ts';
import { imitatingAll } from './imitate.ts';
import { requireFinite } from './predictions.ts';
import { Predictor, type PredictorOptions } from './predictor.ts';
import { reframe } from './reframe.ts';

/** Where each keypoint is, by its name, in pixels of the picture; it may lie beyond the edge. */
export type Keypoints = Readonly<Record<string, { readonly x: number; readonly y: number }>>;

/** A face in a picture. */
export interface Face {
  readonly picture: Picture;
  /** Where it is, in the picture's pixels; default: the whole picture is the face. */
  readonly box?: Box | undefined;
}

/** A face with what was found in it, in the picture's pixels. */
export interface FoundFace {
  readonly box: Box;
  readonly points: Keypoints;
}

/** How a face is looked at. */
export interface DetectOptions {
  /** How often the face is cut out again around the points that were found; default 0. */
  readonly refine?: number | undefined;
}

/**
 * Finds the keypoints of faces in pictures of any size.
 *
 * @example
 * const detector = await load(await readFile('model.safetensors'));
 * const { nose_tip } = await detector.predict(imageData, { box: { x: 120, y: 80, width: 200, height: 200 } });
 * await detector.close();
 */
export class Detector {
  private constructor(
    private readonly predictor: Predictor,
    /** Where the points usually are in a crop; undefined where a model does not know it. */
    private readonly usual: Float32Array | undefined,
  ) {}

  /**
   * Starts the threads and compiles the networks; as `load`, for models that are decoded already.
   *
   * @param models one, or several: what they find alike is averaged
   * @param options as those of `load`
   * @throws InputError where the models do not fit together
   */
  static async create(
    models: readonly Model[],
    { convention = 'many', ...options }: PredictorOptions = {},
  ): Promise<Detector> {
    const predictor = await Predictor.create(models, { ...options, convention });
    return new Detector(predictor, usualPoints(imitatingAll(models, convention), predictor.schema));
  }

  /** The points that are found, and the size and channels of what the networks are shown. */
  get schema(): KeypointSchema {
    return this.predictor.schema;
  }

  /** The build of the kernels that looks at faces. */
  get build(): EngineBuild {
    return this.predictor.build;
  }

  /**
   * The keypoints of one face.
   *
   * @param picture an `ImageData`, or a width, a height and the grey, RGB or RGBA values; or the values
   *   alone of a square grey or RGB picture
   * @param options `box`: where the face is, in the picture's pixels (default: the whole picture);
   *   `refine`: how often it is cut out again around the points that were found (default 0)
   * @returns by name, in the picture's pixels
   * @throws InputError where the picture has other values than its size asks for, or the box is no part
   *   of it
   * @example
   * const { left_eye_center } = await detector.predict(context.getImageData(0, 0, 640, 480));
   */
  async predict(
    picture: Picture | Uint8Array | Uint8ClampedArray,
    { box, refine }: DetectOptions & { readonly box?: Box | undefined } = {},
  ): Promise<Keypoints> {
    const [found] = await this.predictAll([{ picture: asPicture(picture), box }], { refine });
    return found!;
  }

  /**
   * The keypoints of several faces, which take less time together than one by one.
   *
   * @param faces pictures, each with a box or without
   * @param options `refine`
   * @returns in the order of the faces
   * @throws InputError as `predict`, and where a model that has diverged finds no numbers
   */
  async predictAll(
    faces: readonly Face[],
    { refine = 0 }: DetectOptions = {},
  ): Promise<Keypoints[]> {
    const { side, points } = this.schema;
    let squares = faces.map(({ picture, box }, i) => {
      if (box) requireBox(box, picture, faces.length > 1 ? `face ${i + 1}` : 'face');
      return squareOf(box ?? wholeBox(picture));
    });
    let found = await this.coordinates(faces, squares);
    const row = (i: number): Float32Array =>
      found.subarray(2 * points.length * i, 2 * points.length * (i + 1));
    for (let round = 0; round < refine; round++) {
      const usual = this.usual ?? refuseRefinement();
      squares = squares.map((square, i) => reframe(square, row(i), usual, side));
      found = await this.coordinates(faces, squares);
    }
    return squares.map((square, i) => {
      const coordinates = toPicture(row(i), square, side);
      return Object.fromEntries(
        points.map((name, point) => [
          name,
          { x: coordinates[2 * point]!, y: coordinates[2 * point + 1]! },
        ]),
      );
    });
  }

  /** Ends the threads; the detector cannot be used any more. */
  close(): Promise<void> {
    return this.predictor.close();
  }

  private async coordinates(
    faces: readonly Face[],
    squares: readonly Square[],
  ): Promise<Float32Array> {
    const length = imageSize(this.schema);
    const images = new Uint8Array(faces.length * length);
    faces.forEach(({ picture }, i) => {
      images.set(cropPicture(picture, squares[i]!, this.schema), i * length);
    });
    const coordinates = await this.predictor.predict(images);
    requireFinite({ schema: this.schema, coordinates, imageIds: undefined });
    return coordinates;
  }
}

/** The bytes of a file, as Node and `fetch` give them. */
export type FileBytes = Uint8Array | ArrayBuffer;

/**
 * Makes a detector of model files.
 *
 * @param files the bytes of a model as `fit` saved it, or of several: what they find alike is averaged
 * @param options `threads` (default: all processors), `build` (default: that of the training), `flip`
 *   (also look at each face in a mirror, in twice the time; default false), `shift` (also look at it moved by
 *   so many pixels of the network's picture, in five times the time; default 0), `convention` (of a model
 *   that has learnt two: `many`, the default, as rows with many labels are marked, or `few`)
 * @throws InputError where a file was damaged, is no model, or the models do not fit together
 * @example
 * const response = await fetch('model.safetensors');
 * const detector = await load(await response.arrayBuffer());
 */
export async function load(
  files: FileBytes | readonly FileBytes[],
  options: PredictorOptions = {},
): Promise<Detector> {
  const list = [files].flat();
  const models = list.map((file, i) => {
    const bytes = ArrayBuffer.isView(file) ? file : new Uint8Array(file);
    return decodeModel(bytes, list.length > 1 ? `model ${i + 1}` : 'model');
  });
  return Detector.create(models, options);
}

function asPicture(picture: Picture | Uint8Array | Uint8ClampedArray): Picture {
  if ('width' in picture) return picture;
  const format = formatOfSize(picture.length);
  if (format) return { width: format.side, height: format.side, data: picture };
  throw new InputError(
    `${picture.length} values are no square picture`,
    'Give its width and height too: { width, height, data }.',
  );
}

/** The mean of what the models know about each point. */
function usualPoints(
  models: readonly Model[],
  { points }: KeypointSchema,
): Float32Array | undefined {
  if (models.some(({ meanPoints }) => !meanPoints)) return undefined;
  return Float32Array.from({ length: 2 * points.length }, (_, i) => {
    const known = models.flatMap(({ schema, meanPoints }) => {
      const point = schema.points.indexOf(points[i >> 1]!);
      const value = point < 0 ? Number.NaN : meanPoints![2 * point + (i % 2)]!;
      return Number.isNaN(value) ? [] : [value];
    });
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

function refuseRefinement(): never {
  throw new InputError(
    'the model does not know where its points usually are, so a face cannot be cut out again',
    'Leave refining out, or train the model again with this version.',
  );
}
