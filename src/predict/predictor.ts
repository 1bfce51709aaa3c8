import type { Convention } from '../data/conventions.ts';
import { imageSize } from '../data/image-format.ts';
import { inPixels } from '../data/scaling.ts';
import { type KeypointSchema, mirroredName } from '../data/schema.ts';
import { allRows } from '../data/select.ts';
import type { EngineBuild } from '../engine/build.ts';
import { CompiledNetwork } from '../engine/compiled-network.ts';
import { Engine, type EngineOptions } from '../engine/engine.ts';
import type { LoadedData } from '../engine/step-table.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { foldBatchNorm } from '../nn/fold-batch-norm.ts';
import { meanSquaredError } from '../nn/loss.ts';
import { layerInfos } from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import { imitatingAll } from './imitate.ts';
import { joinSchemas } from './joined.ts';
import { type ViewOptions, viewsOf } from './views.ts';

/** Pictures that go through a network together. */
const BATCH = 64;
/** Pictures that are handed to the engine at once. */
const PORTION = 8 * BATCH;

/** On what a prediction is computed, and how each picture is looked at. */
export interface PredictorOptions extends EngineOptions, ViewOptions {
  /** An engine to use and to leave open; default: one of its own. */
  readonly engine?: Engine | undefined;
  /**
   * By which convention models that know two answer: `many`, as rows with many labels are marked, or
   * `few`. Default: by both, with the points of the second behind the others, as their schema has them.
   */
  readonly convention?: Convention | undefined;
}

/** A model's network on the engine. */
interface Member {
  readonly model: Model;
  readonly network: CompiledNetwork;
  /** Per point of the model its place among those of all models. */
  readonly places: readonly number[];
}

/**
 * Models on an engine, ready to find keypoints. Where several find the same point, it is the mean of
 * what they find; so models of different points are one, and so are models that each find all.
 *
 * @example
 * const predictor = await Predictor.create([model]);
 * const coordinates = await predictor.predict(dataset.images);
 * await predictor.close();
 */
export class Predictor {
  private constructor(
    /** Points of all models and the images that they take. */
    readonly schema: KeypointSchema,
    private readonly engine: Engine,
    private readonly ownsEngine: boolean,
    private readonly views: ViewOptions,
    private readonly members: readonly Member[],
    /** Room for a portion of pictures. */
    private readonly input: LoadedData,
  ) {}

  /** The build of the kernels. */
  get build(): EngineBuild {
    return this.engine.build;
  }

  /** The last prediction asked for: they use the same memory, so they take turns. */
  private last: Promise<unknown> = Promise.resolve();

  /**
   * Starts an engine and compiles the models' networks.
   *
   * @param trained at least one, all for images of the same size and channels
   * @param options `threads`, `build` (default: the plain one where a model was trained with it, so that
   *   it finds the same bits everywhere), `flip`, `shift`, `convention`, `engine`
   * @throws InputError where models do not fit together, where `flip` is asked of a model that knows
   *   one point of a mirrored pair alone, or does not know that they are one, where `few` is asked of models
   *   that know one convention, and where `shift` is no number of pixels within the picture
   */
  static async create(
    trained: readonly Model[],
    { engine: given, flip = false, shift = 0, convention, ...options }: PredictorOptions = {},
  ): Promise<Predictor> {
    const models = convention ? imitatingAll(trained, convention) : trained;
    const schema = joinSchemas(models.map((model) => model.schema));
    if (flip) for (const model of models) requirePartners(model.schema, schema);
    requireShift(shift, schema);
    const plain = models.some((model) => model.engine === 'plain');
    const engine =
      given ?? (await Engine.start({ ...(plain && { build: 'plain' as const }), ...options }));
    try {
      const members: Member[] = [];
      for (const model of models) {
        const { scaling } = model;
        const { network, parameters } = foldBatchNorm(model);
        const compiled = await CompiledNetwork.create(engine, network, {
          batch: BATCH,
          loss: meanSquaredError(),
          rule: sgd(),
          seed: 0,
          standardisation: scaling.standardisation,
          // Nothing learns, so there is no way back and no memory for it.
          layers: new Map(layerInfos(network).map(({ name }) => [name, { frozen: true }])),
        });
        await compiled.setParameters(parameters);
        const places = model.schema.points.map((name) => schema.points.indexOf(name));
        members.push({ model, network: compiled, places });
      }
      const input = await members[0]!.network.load(new Uint8Array(PORTION * imageSize(schema)));
      return new Predictor(schema, engine, !given, { flip, shift }, members, input);
    } catch (error) {
      if (!given) await engine.close();
      throw error;
    }
  }

  /**
   * The keypoints in pictures.
   *
   * @param images values of shape (rows, channels, side, side), as `Dataset.images` has them
   * @returns coordinates of shape (rows, points, 2), x before y, in pixels, not clipped to the picture
   */
  predict(images: Uint8Array): Promise<Float32Array> {
    const found = this.last.then(() => this.find(images));
    this.last = found.catch(() => {});
    return found;
  }

  /** Ends its engine, where it has one of its own. */
  async close(): Promise<void> {
    if (this.ownsEngine) await this.engine.close();
  }

  private async find(images: Uint8Array): Promise<Float32Array> {
    const { side, points } = this.schema;
    const rows = images.length / imageSize(this.schema);
    if (!Number.isInteger(rows)) {
      throw new RangeError(
        `${images.length} values are no whole images of ${imageSize(this.schema)}`,
      );
    }
    const sums = new Float64Array(rows * 2 * points.length);
    const counts = new Uint32Array(points.length);
    const add = ({ model, places }: Member, coordinates: Float32Array): void => {
      const own = model.schema.points.length;
      places.forEach((place, point) => {
        counts[place]!++;
        for (let row = 0; row < rows; row++) {
          const from = 2 * (row * own + point);
          const to = 2 * (row * points.length + place);
          sums[to]! += coordinates[from]!;
          sums[to + 1]! += coordinates[from + 1]!;
        }
      });
    };
    for (const { images: seen, back } of viewsOf(images, side, this.views)) {
      for (const member of this.members) {
        add(member, back(await this.coordinates(member, seen), member.model.schema));
      }
    }
    return Float32Array.from(sums, (sum, i) => sum / counts[(i >> 1) % points.length]!);
  }

  /** What one model finds, portion by portion. */
  private async coordinates(
    { model: { scaling, schema }, network }: Member,
    images: Uint8Array,
  ): Promise<Float32Array> {
    const { engine, input } = this;
    const size = imageSize(schema);
    const width = 2 * schema.points.length;
    const found = new Float32Array((images.length / size) * width);
    for (let start = 0; start < images.length; start += PORTION * size) {
      const portion = images.subarray(start, start + PORTION * size);
      await engine.write(input.inputs, portion);
      const rows = portion.length / size;
      const outputs = await network.predict(input, allRows({ rows }));
      found.set(inPixels(outputs, scaling, schema), (start / size) * width);
    }
    return found;
  }
}

function requireShift(shift: number, { side }: KeypointSchema): void {
  if (Number.isInteger(shift) && shift >= 0 && shift < side / 2) return;
  throw new InputError(
    `a shift of ${shift} pixels, expected a whole number from 0 to less than half of the ${side} pixels of a picture`,
    'Give 4, say, for pictures of 96 x 96 pixels.',
  );
}

/**
 * Refuses a model that would take the mirror image of another point for one of its own.
 *
 * @param all the points of all models that predict together, and their pairs
 */
function requirePartners(own: KeypointSchema, all: KeypointSchema): void {
  const paired = new Set(own.mirrorPairs.flat());
  for (const [point, name] of own.points.entries()) {
    const partner = paired.has(point) ? undefined : partnerOf(name, own, all);
    if (partner === undefined) continue;
    throw new InputError(
      own.points.includes(partner)
        ? `a model does not take ${name} and ${partner} for mirror images of each other, as another does`
        : `a model finds ${name} but not ${partner}, so it cannot look at mirrored pictures`,
      'Leave out the averaging over mirrored pictures.',
    );
  }
}

/** The mirror image of a point that a model has in no pair: as other models or the names say. */
function partnerOf(name: string, own: KeypointSchema, all: KeypointSchema): string | undefined {
  const point = all.points.indexOf(name);
  const pair = all.mirrorPairs.find((places) => places.includes(point));
  if (pair) return all.points[pair[0] === point ? pair[1] : pair[0]];
  const mirrored = mirroredName(name);
  // Where the model has both, they were left unpaired on purpose.
  return mirrored === name || own.points.includes(mirrored) ? undefined : mirrored;
}
