import { InputError } from '../../errors.ts';
import type { PictureFile } from '../../node/picture-files.ts';
import { readPicture } from '../../node/read-picture.ts';
import type { Box } from '../../picture/box.ts';
import type { Picture } from '../../picture/picture.ts';
import type { Detector, FoundFace } from '../../predict/detector.ts';
import { ahead, batches } from './ahead.ts';
import { type PictureRecord, roundedFace } from './records.ts';

/** Pictures that are read at once; libuv has four threads for it. */
const READ_AT_ONCE = 4;
/** A batch is full with so many faces, as the engine takes them, or with so many bytes of pictures. */
const BATCH_FACES = 64;
const BATCH_BYTES = 2 ** 26;

/** Where the faces of a picture are; undefined where it need not be read. */
export type FindBoxes = (
  file: PictureFile,
) => ((picture: Picture) => readonly Box[] | Promise<readonly Box[]>) | undefined;

/** A picture that has been looked at; what could not be used has no pixels. */
export interface LookedAt {
  readonly file: PictureFile;
  readonly picture: Picture | undefined;
  readonly record: PictureRecord;
}

interface FindOptions {
  readonly boxes: FindBoxes;
  readonly refine: number;
}

/**
 * Finds the keypoints of many pictures: while the networks look at some, the next are read. Memory
 * holds a few batches, however many pictures there are.
 *
 * @param files pictures in the order of the answers
 * @returns what became of each; a picture that cannot be used is a fault in its place
 */
export async function* findPoints(
  files: AsyncIterable<PictureFile>,
  detector: Detector,
  { boxes, refine }: FindOptions,
): AsyncGenerator<LookedAt> {
  const read = ahead(files, READ_AT_ONCE, (file) => readWithBoxes(file, boxes));
  const predict = (batch: readonly Read[]): Promise<LookedAt[]> =>
    predictBatch(batch, detector, refine);
  for await (const batch of ahead(batches(read, share), 2, predict)) yield* batch;
}

/** A picture with the boxes of its faces, or why it cannot be used. */
interface Read {
  readonly file: PictureFile;
  readonly picture?: Picture;
  readonly boxes: readonly Box[];
  readonly fault?: string;
}

/** How much of a batch a picture takes. */
const share = ({ picture, boxes }: Read): number =>
  Math.max(boxes.length, 1) / BATCH_FACES + (picture?.data.length ?? 0) / BATCH_BYTES;

async function readWithBoxes(file: PictureFile, findBoxes: FindBoxes): Promise<Read> {
  const boxesOf = findBoxes(file);
  if (!boxesOf) return { file, boxes: [] };
  try {
    const picture = await readPicture(file.path);
    return { file, picture, boxes: await boxesOf(picture) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { file, boxes: [], fault: error.message };
  }
}

async function predictBatch(
  batch: readonly Read[],
  detector: Detector,
  refine: number,
): Promise<LookedAt[]> {
  const faces = batch.flatMap(({ picture, boxes }) =>
    boxes.map((box) => ({ picture: picture!, box })),
  );
  const points = await detector.predictAll(faces, { refine });
  let next = 0;
  return batch.map(({ file, picture, boxes, fault }) => {
    if (fault !== undefined) {
      return { file, picture: undefined, record: { picture: file.path, fault } };
    }
    const found = boxes.map((box): FoundFace => roundedFace({ box, points: points[next++]! }));
    return { file, picture, record: { picture: file.path, faces: found } };
  });
}
