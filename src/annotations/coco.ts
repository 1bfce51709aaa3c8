import { z } from 'zod';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { didYouMean } from '../nearest.ts';
import { type Annotation, type Annotations, hasPoints, toContinuous } from './annotations.ts';
import { columnNames } from './point-names.ts';

const id = z.union([z.number(), z.string()]);

/** What is read of a COCO file; zod leaves out the rest, such as outlines. */
const cocoSchema = z.object({
  images: z.array(
    z.object({
      id,
      file_name: z.string().min(1),
      width: z.number().positive().optional(),
      height: z.number().positive().optional(),
    }),
  ),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id,
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullish(),
      keypoints: z.array(z.number()).nullish(),
    }),
  ),
  categories: z.array(z.object({ id, name: z.string(), keypoints: z.array(z.string()).nullish() })),
});

type Coco = z.infer<typeof cocoSchema>;
type CocoCategory = Coco['categories'][number];

/** COCO's flag for a keypoint: not labelled, labelled but hidden, visible. */
const [MISSING, HIDDEN, VISIBLE] = [0, 1, 2];

export interface CocoOptions {
  /** Name of the category to take; may be left out where one alone has keypoints. */
  readonly category?: string | undefined;
  /** Whether keypoints that are marked but hidden (v = 1) count as missing; default: they are kept. */
  readonly visibleOnly?: boolean | undefined;
  /**
   * What is written for the centre of the first pixel; default 0, as COCO's own keypoints are numbers
   * of pixels. Boxes are taken as they stand.
   */
  readonly firstPixel?: number | undefined;
}

/**
 * Reads COCO keypoints (https://cocodataset.org/#format-data): `categories` with names of keypoints,
 * `images` with names of files, `annotations` with a box and x, y, v of every keypoint.
 *
 * @param text the JSON
 * @param fileName for messages
 * @throws InputError where the file has another form, no category with keypoints or several to choose
 *   from, and where an annotation has another number of keypoints or an unknown flag v
 * @example
 * parseCoco(text, 'person_keypoints_val2017.json', { category: 'person' }).points[0]; // 'nose'
 */
export function parseCoco(text: string, fileName: string, options: CocoOptions = {}): Annotations {
  const coco = parseJson(cocoSchema, text, fileName);
  byId(coco.categories, `${fileName}, categories`);
  const category = chooseCategory(coco.categories, fileName, options.category);
  const points = columnNames(
    category.keypoints!,
    `${fileName}, keypoints of the category "${category.name}"`,
  );
  const images = byId(coco.images, `${fileName}, images`);
  const annotations: Annotation[] = [];
  const faults: InputError[] = [];
  let empty = 0;
  coco.annotations.forEach((given, index) => {
    if (given.category_id !== category.id) return;
    const where = `${fileName}, annotations[${index}]`;
    const coordinates = coordinatesOf(given.keypoints ?? [], points.length, where, options);
    if (!hasPoints({ points: coordinates })) {
      empty++;
      return;
    }
    const image = images.get(given.image_id);
    if (!image) {
      faults.push(
        new InputError(`${where}: no image has the id ${JSON.stringify(given.image_id)}`),
      );
      return;
    }
    const { file_name: picture, width, height } = image;
    const [x, y, boxWidth, boxHeight] = given.bbox ?? [];
    annotations.push({
      where,
      picture,
      box: given.bbox ? { x: x!, y: y!, width: boxWidth!, height: boxHeight! } : undefined,
      points: coordinates,
      ...(width !== undefined && height !== undefined && { pictureSize: { width, height } }),
    });
  });
  return { points, annotations, empty, faults };
}

/** @throws InputError where two have one id, since annotations could mean either */
function byId<T extends { readonly id: number | string }>(
  items: readonly T[],
  where: string,
): Map<T['id'], T> {
  const found = new Map<T['id'], T>();
  for (const item of items) {
    if (found.has(item.id)) {
      throw new InputError(
        `${where}: the id ${JSON.stringify(item.id)} stands twice`,
        'Give each an id of its own; annotations refer to it.',
      );
    }
    found.set(item.id, item);
  }
  return found;
}

function chooseCategory(
  categories: readonly CocoCategory[],
  fileName: string,
  name: string | undefined,
): CocoCategory {
  const able = categories.filter(({ keypoints }) => keypoints?.length);
  const names = able.map((category) => category.name);
  if (able.length === 0) {
    throw new InputError(
      `${fileName}: none of the ${categories.length} categories names keypoints`,
      'Export keypoints from the annotation tool: categories[].keypoints names them.',
    );
  }
  if (name === undefined) {
    if (able.length === 1) return able[0]!;
    throw new InputError(
      `${fileName}: ${able.length} categories have keypoints: ${names.join(', ')}`,
      `Choose one: --category "${names[0]}".`,
    );
  }
  const chosen = able.find((category) => category.name === name);
  if (chosen) return chosen;
  const isThere = categories.some((category) => category.name === name);
  throw new InputError(
    `${fileName}: ${isThere ? `the category "${name}" names no keypoints` : `there is no category "${name}"`}`,
    didYouMean(name, names),
  );
}

/** x and y of every keypoint from a list x, y, v; an empty list: none is marked. */
function coordinatesOf(
  values: readonly number[],
  points: number,
  where: string,
  { visibleOnly = false, firstPixel = 0 }: CocoOptions,
): Float64Array {
  const coordinates = new Float64Array(2 * points).fill(Number.NaN);
  if (values.length === 0) return coordinates;
  if (values.length !== 3 * points) {
    throw new InputError(
      `${where}.keypoints: ${values.length} numbers, expected ${3 * points} (x, y and v of ${points} keypoints)`,
      'Export the annotations again.',
    );
  }
  for (let point = 0; point < points; point++) {
    const visibility = values[3 * point + 2]!;
    if (visibility !== MISSING && visibility !== HIDDEN && visibility !== VISIBLE) {
      throw new InputError(
        `${where}.keypoints[${3 * point + 2}]: the flag v is ${visibility}, expected 0, 1 or 2`,
        '0: not marked, 1: marked but hidden, 2: visible.',
      );
    }
    if (visibility === MISSING || (visibility === HIDDEN && visibleOnly)) continue;
    coordinates[2 * point] = values[3 * point]! + toContinuous(firstPixel);
    coordinates[2 * point + 1] = values[3 * point + 1]! + toContinuous(firstPixel);
  }
  return coordinates;
}
