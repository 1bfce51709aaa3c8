import { fillOf } from '../data/augmentation.ts';
import { mirrorPartners } from '../data/mirror.ts';
import { standardScaling } from '../data/scaling.ts';
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

/** A label that a teacher has a say in: (1 - weight) label + weight taught; one alone where the other is missing. */
export function taughtLabel(label: number, taught: number, weight: number): number {
  if (Number.isNaN(taught)) return label;
  return Number.isNaN(label) ? taught : (1 - weight) * label + weight * taught;
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
  private constructor(
    private readonly engine: Engine,
    private readonly teacher: Teacher,
    private readonly recipe: Recipe,
    private readonly eye: CompiledNetwork,
    /** Per point of the pupil its place among the teacher's; -1 where that does not know it. */
    private readonly places: readonly number[],
    /** The batch that was prepared last. */
    readonly data: LoadedData,
  ) {}

  /** Makes room for a batch in the engine's memory. */
  static async create(
    engine: Engine,
    teacher: Teacher,
    recipe: Recipe,
    schema: KeypointSchema,
  ): Promise<Lesson> {
    const { side, channels, points } = schema;
    const { batch, augmentation } = recipe;
    const outputs = 2 * points.length;
    const eye = await viewer(engine, [channels, side, side], {
      ...{ batch, outputs },
      mirrorPartners: mirrorPartners(schema),
      fill: fillOf(augmentation),
      outsidePoints: augmentation.outside_points,
    });
    const data = await eye.load(
      new Uint8Array(batch * channels * side * side),
      new Float32Array(batch * outputs),
    );
    return new Lesson(engine, teacher, recipe, eye, placesOf(teacher, points), data);
  }

  /**
   * Replaces the batch of `data`.
   *
   * @param table all rows, as they were loaded
   * @returns the same step for `data`
   */
  async prepare(table: LoadedData, step: TrainingStep): Promise<TrainingStep> {
    const { engine, eye, teacher, places, data } = this;
    const { teacherWeight, augmentation } = this.recipe;
    const { inputs, targets } = await eye.see(table, step);
    const images = asBytes(inputs);
    const found = await teacher.predict(images);
    const { labelScale, labelOffset } = standardScaling(teacher.schema.side);
    const known = teacher.schema.points.length;
    const isMissing = (value: number): boolean =>
      augmentation.outside_points === 'missing' && Math.abs(value) > 1;
    const labels = targets.map((label, i) => {
      const [row, value] = [Math.floor(i / (2 * places.length)), i % (2 * places.length)];
      const place = places[value >> 1]!;
      if (place < 0) return label;
      const taught = (found[2 * (row * known + place) + (value & 1)]! - labelOffset) / labelScale;
      return taughtLabel(label, isMissing(taught) ? Number.NaN : taught, teacherWeight);
    });
    await engine.write(data.inputs, images);
    await engine.write(data.targets, labels);
    return { ...step, order: step.order.map((_, i) => i), transforms: undefined };
  }
}

/** @throws InputError for a teacher of other pictures, or of none of the points */
export function requireTeacher({ schema }: Teacher, own: KeypointSchema): void {
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

const placesOf = ({ schema }: Teacher, points: readonly string[]): number[] =>
  points.map((name) => schema.points.indexOf(name));
