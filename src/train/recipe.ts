import type { Augmentation } from '../data/augmentation.ts';
import type { MirrorPair } from '../data/mirror-pairs.ts';
import type { KeypointSchema } from '../data/schema.ts';
import type { Split } from '../data/split.ts';
import { InputError, inFile } from '../errors.ts';
import type { AveragingSpec } from '../nn/averaging.ts';
import { conv2d, dense, type LayerSpec, softArgmax2d } from '../nn/layers.ts';
import type { LossSpec } from '../nn/loss.ts';
import { type NetworkSpec, network, networkOutput } from '../nn/network.ts';
import type { RuleSpec } from '../nn/rule.ts';
import type { Schedule } from '../nn/schedule.ts';

/** How a layer learns, where it is not like all others. */
export interface LayerTuning {
  /** Factor on the learning rate; default 1. */
  readonly rate?: number | undefined;
  /** The last epoch in which the layer does not learn; `end`: it never does. */
  readonly frozenUntil?: number | 'end' | undefined;
}

/** First weights that are another model's. */
export interface Pretraining {
  /** The recipe that the model is expected to come from. */
  readonly recipe: string;
  /** Layers whose weights are taken, by name; `hidden`: all but the output, `all`: that one too. */
  readonly layers: 'hidden' | 'all' | readonly string[];
}

/** A network with everything needed to train it, as plain data. */
export interface Recipe {
  readonly name: string;
  /** What it is, and what is different from the recipe before it. */
  readonly about: string;
  /** The layers up to the head. The input follows from the images. */
  readonly layers: readonly LayerSpec[];
  /**
   * What makes coordinates of what the layers see. `dense`: a dense layer with two numbers for each
   * keypoint; `heatmaps`: a 1 x 1 convolution with a map for each, and the mean place of each map
   * (`softArgmax2d`); `none`: the layers themselves end with two numbers for each.
   */
  readonly head: 'dense' | 'heatmaps' | 'none';
  /** Factor on the limits of Glorot's initial weights: 1, or the square root of 2 for ReLU. */
  readonly gain: number;
  /** Whose weights to begin with; `null`: drawn ones. */
  readonly pretrained: Pretraining | null;
  /** Layers that learn more slowly, later or never, by name. */
  readonly tuning: Readonly<Record<string, LayerTuning>>;
  readonly loss: LossSpec;
  readonly rule: RuleSpec;
  /**
   * An average of the parameters over the last steps, with which is validated and which becomes the model,
   * while training goes on from the parameters themselves; `null`: none.
   */
  readonly averaging: AveragingSpec | null;
  readonly learningRate: Schedule;
  readonly momentum: Schedule;
  readonly epochs: number;
  /** Early stopping: epochs to wait for a smaller validation loss; `null`: never stops early. */
  readonly patience: number | null;
  /** Whose epoch's weights become the model: the best by validation loss, or the last. */
  readonly keep: 'best' | 'last';
  /** Rows of a batch; the last batch of an epoch may be smaller. */
  readonly batch: number;
  /** Whether every epoch goes through the rows in an order of its own, or always as they stand. */
  readonly shuffle: boolean;
  /** How pictures and labels are changed at random each time that they are seen; `{}`: not at all. */
  readonly augmentation: Augmentation;
  /** `complete`: rows that have every label; `all`: missing labels are left out of the loss. */
  readonly rows: 'complete' | 'all';
  /**
   * Whether rows with few labels are taken to be marked as those with many: `one`; `two`: each point that
   * both have is learnt twice, once from either; `auto`: `two` where `compareConventions` finds that they
   * are marked differently.
   */
  readonly conventions: 'one' | 'two' | 'auto';
  /** Keypoints to learn, or `all`. */
  readonly points: 'all' | readonly string[];
  /**
   * About which x labels are mirrored where a picture is: the `middle` of the picture, or with `auto` the one about
   * which the mean of the pictures is most like its mirror image.
   */
  readonly mirrorAxis: 'middle' | 'auto';
  /** Keypoints that change names where a picture is mirrored; `names`: as left and right in their names say. */
  readonly mirrorPairs: 'names' | readonly MirrorPair[];
  /**
   * Where teachers are given: the share of what they find in a label, from 0 to 1, beside the one that
   * the table has. Labels that it lacks are what they find.
   */
  readonly teacherWeight: number;
  readonly split: Split;
  /** Decides the split, the first weights, the order of the rows, augmentation and what dropout silences. */
  readonly seed: number;
}

/** Name of the layer with weights of a recipe's head. */
export const OUTPUT_LAYER = 'output';

/**
 * The network of a recipe for some keypoints: its layers between the image and the coordinates.
 *
 * @throws InputError where a layer does not fit the one before it, such as on small images, or what comes
 *   out is not two numbers for each keypoint
 * @example
 * networkFor(net1, schema); // [1, 96, 96] -> flatten, dense 100, relu, dense 30
 */
export function networkFor(
  recipe: Recipe,
  { side, channels, points }: KeypointSchema,
): NetworkSpec {
  const input = [channels, side, side];
  const what = `recipe ${recipe.name}, pictures of ${side} x ${side} pixels`;
  const body = networkOutput(inFile(what, () => network(input, recipe.layers)));
  const outputs = 2 * points.length;
  const advice = `--set head=dense puts a dense layer with ${outputs} outputs behind them.`;
  const refuse = (expected: string): never => {
    const what = `its layers make shape [${body.join(', ')}], expected ${expected}`;
    throw new InputError(`recipe ${recipe.name}, head "${recipe.head}": ${what}`, advice);
  };
  switch (recipe.head) {
    case 'dense':
      return network(input, [...recipe.layers, dense(outputs, { name: OUTPUT_LAYER })]);
    case 'heatmaps': {
      if (body.length !== 3) refuse('maps [channels, height, width]');
      const maps = conv2d(points.length, 1, { name: OUTPUT_LAYER });
      return network(input, [...recipe.layers, maps, softArgmax2d()]);
    }
    case 'none':
      if (body.join() !== `${outputs}`)
        refuse(`[${outputs}]: x and y of ${points.length} keypoints`);
      return network(input, recipe.layers);
  }
}
