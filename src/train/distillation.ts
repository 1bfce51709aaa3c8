import { fillOf } from '../data/augmentation.ts';
import { mirrorPartners } from '../data/mirror.ts';
import { scaledLabels } from '../data/scaling.ts';
import type { KeypointSchema } from '../data/schema.ts';
import type { CompiledNetwork } from '../engine/compiled-network.ts';
import type { Engine } from '../engine/engine.ts';
import { asBytes, viewer } from '../engine/seen.ts';
import type { LoadedData, TrainingStep } from '../engine/step-table.ts';
import { InputError } from '../errors.ts';
import type { Recipe } from './recipe.ts';

/** What finds keypoints in pictures that another net is about to learn from, as a `Predictor` does. */
export interface Teacher {
  readonly schema: KeypointSchema;
  /**
   * @param images values of shape (rows, channels, side, side)
   * @returns coordinates of shape (rows, points, 2) in pixels
   */
  predict(images: Uint8Array): Promise<Float32Array>;
}

/** How much a teacher's word counts. */
export interface TeachingOptions {
  /** From 0 (missing labels alone are taught) to 1 (the table's labels do not count). */
  readonly weight: number;
  /** Whether points outside the picture are missing, whoever says so. */
  readonly onlyInside: boolean;
}

/**
 * Labels in which a teacher has a say: (1 - weight) label + weight taught, or one alone where the other
 * is missing.
 *
 * @param labels scaled coordinates of shape (rows, points, 2), `NaN` where missing
 * @param taught what the teacher finds, of the same shape; `NaN` for points that it does not know
 * @example
 * taughtLabels(Float32Array.of(0, NaN), Float32Array.of(0.5, 0.5), { weight: 0.5, onlyInside: false });
 * // 0.25, 0.5
 */
export function taughtLabels(
  labels: Float32Array,
  taught: Float32Array,
  { weight, onlyInside }: TeachingOptions,
): Float32Array<ArrayBuffer> {
  const isOutside = (values: Float32Array, x: number): boolean =>
    onlyInside && (Math.abs(values[x]!) > 1 || Math.abs(values[x + 1]!) > 1);
  return Float32Array.from(labels, (label, i) => {
    const x = i & ~1;
    const found = taught[i]!;
    if (isOutside(labels, x)) return Number.NaN;
    if (Number.isNaN(found) || isOutside(taught, x)) return label;
    return Number.isNaN(label) ? found : (1 - weight) * label + weight * found;
  });
}

/**
 * Batches as a pupil learns them. The teacher looks at the very pictures that the pupil will see, as
 * augmentation has changed them, and has a say in their labels: so each look teaches something new, where
 * labels that move along with a picture say the same each time.
 *
 * Hinton, Vinyals and Dean: Distilling the Knowledge in a Neural Network (2015); Beyer et al.: Knowledge
 * distillation: A good teacher is patient and consistent (2022).
 */
export class Lesson {
  /** What the teacher has found in pictures that do not change, by row. */
  private readonly remembered = new Map<number, Float32Array>();

  private constructor(
    private readonly engine: Engine,
    private readonly teacher: Teacher,
    private readonly points: readonly string[],
    private readonly options: TeachingOptions,
    private readonly eye: CompiledNetwork,
    /** The batch that was prepared last. */
    readonly data: LoadedData,
  ) {}

  /** Makes room for a batch in the engine's memory. */
  static async create(
    engine: Engine,
    teacher: Teacher,
    { batch, augmentation, teacherWeight: weight }: Recipe,
    schema: KeypointSchema,
  ): Promise<Lesson> {
    const { side, channels, points } = schema;
    const outputs = 2 * points.length;
    const eye = await viewer(engine, [channels, side, side], {
      ...{ batch, outputs },
      mirrorPartners: mirrorPartners(schema),
      fill: fillOf(augmentation),
      // A point that has left the picture must be told from one that was missing before.
      outsidePoints: 'keep',
    });
    const data = await eye.load(
      new Float32Array(batch * channels * side * side),
      new Float32Array(batch * outputs),
    );
    const onlyInside = augmentation.outside_points === 'missing';
    return new Lesson(engine, teacher, points, { weight, onlyInside }, eye, data);
  }

  /**
   * Replaces the batch of `data`.
   *
   * @param table all rows, as they were loaded
   * @returns the same step for `data`
   */
  async prepare(table: LoadedData, step: TrainingStep): Promise<TrainingStep> {
    const { engine, eye, data, options } = this;
    const { inputs, targets } = await eye.see(table, step);
    const taught = await this.ask(inputs, step);
    await engine.write(data.inputs, inputs);
    await engine.write(data.targets, taughtLabels(targets, taught, options));
    return { ...step, order: step.order.map((_, i) => i), transforms: undefined };
  }

  /** What the teacher finds, for the pupil's points and scaled. */
  private async ask(
    inputs: Float32Array,
    { order, transforms }: TrainingStep,
  ): Promise<Float32Array> {
    const { remembered } = this;
    const width = 2 * this.points.length;
    const taught = new Float32Array(order.length * width);
    if (!transforms && order.every((row) => remembered.has(row))) {
      for (const [i, row] of order.entries()) taught.set(remembered.get(row)!, i * width);
      return taught;
    }
    const { schema } = this.teacher;
    const known = 2 * schema.points.length;
    const labels = await this.teacher.predict(asBytes(inputs));
    const found = scaledLabels({ labels, schema });
    if (found.length !== order.length * known) {
      throw new RangeError(
        `the teacher finds ${found.length} values in ${order.length} pictures, expected ${known} in each`,
      );
    }
    this.points.forEach((name, point) => {
      const place = schema.points.indexOf(name);
      for (let row = 0; row < order.length; row++) {
        for (const axis of [0, 1]) {
          taught[row * width + 2 * point + axis] =
            place < 0 ? Number.NaN : found[row * known + 2 * place + axis]!;
        }
      }
    });
    if (!transforms) {
      for (const [i, row] of order.entries()) {
        remembered.set(row, taught.slice(i * width, (i + 1) * width));
      }
    }
    return taught;
  }
}

/**
 * Refuses a teacher that cannot teach.
 *
 * @param own of the table's pictures and points
 * @throws InputError for a teacher of other pictures, or of none of the points
 */
export function requireTeacher({ schema }: Pick<Teacher, 'schema'>, own: KeypointSchema): void {
  if (schema.side !== own.side || schema.channels !== own.channels) {
    const size = ({ side, channels }: KeypointSchema): string => `${channels} x ${side} x ${side}`;
    throw new InputError(
      `the teacher takes pictures of ${size(schema)} values, but the table has ${size(own)}`,
      'Give a teacher that was trained on such pictures.',
    );
  }
  if (own.points.some((name) => schema.points.includes(name))) return;
  throw new InputError(
    `the teachers find none of the keypoints (${own.points.join(', ')})`,
    'Give models that were trained on these points.',
  );
}
