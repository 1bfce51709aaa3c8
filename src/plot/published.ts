import type { Curve } from './learning-curves.ts';

/** What others have printed about one of our recipes, on Kaggle's own pictures. */
export interface PublishedCurve {
  /** The recipe's name here: `net1`, `keras1`. */
  readonly name: string;
  readonly source: 'Lasagne tutorial' | 'Keras tutorial';
  /** Epoch, training loss, validation loss: mean squared errors on coordinates scaled to [-1, 1]. */
  readonly epochs: readonly (readonly [epoch: number, trainLoss: number, validLoss: number])[];
  /** What a reader of the curve must know. */
  readonly note?: string;
}

const ONE_HORIZON =
  'The published curves of net7 and net12 agree within one per cent up to epoch 3,000, although a ' +
  'schedule that ends at 3,000 epochs and one that ends at 10,000 would part early: they probably ' +
  'share one horizon.';

const lasagne = (
  name: string,
  epochs: PublishedCurve['epochs'],
  note?: string,
): PublishedCurve => ({ name, source: 'Lasagne tutorial', epochs, ...(note ? { note } : {}) });

/** Learning curves as two tutorials print them, a few epochs each. */
export const PUBLISHED_CURVES: readonly PublishedCurve[] = [
  lasagne('net1', [
    [1, 0.105418, 0.031085],
    [2, 0.020353, 0.019294],
    [3, 0.016118, 0.016918],
    [4, 0.014187, 0.01555],
    [5, 0.013329, 0.014791],
    [200, 0.00325, 0.00415],
    [201, 0.003242, 0.004141],
    [202, 0.003234, 0.004133],
    [203, 0.003225, 0.004126],
    [204, 0.003217, 0.004118],
    [205, 0.003209, 0.00411],
    [395, 0.002259, 0.003269],
    [396, 0.002256, 0.003264],
    [397, 0.002254, 0.003264],
    [398, 0.002249, 0.003259],
    [399, 0.002247, 0.00326],
    [400, 0.002244, 0.003255],
  ]),
  lasagne('net2', [
    [1, 0.111763, 0.04274],
    [2, 0.0185, 0.009413],
    [3, 0.008598, 0.007918],
    [4, 0.007292, 0.007284],
    [5, 0.006783, 0.006841],
    [500, 0.001791, 0.002013],
    [501, 0.001789, 0.002011],
    [502, 0.001786, 0.002009],
    [503, 0.001783, 0.002007],
    [504, 0.00178, 0.002004],
    [505, 0.001777, 0.002002],
    [995, 0.001083, 0.001568],
    [996, 0.001082, 0.001567],
    [997, 0.001081, 0.001567],
    [998, 0.00108, 0.001567],
    [999, 0.00108, 0.001567],
    [1000, 0.001079, 0.001566],
  ]),
  lasagne('net3', [
    [500, 0.002238, 0.002303],
    [1000, 0.001365, 0.001623],
    [1500, 0.001067, 0.001457],
    [2000, 0.000895, 0.001369],
    [2500, 0.000761, 0.00132],
    [3000, 0.000678, 0.001288],
  ]),
  lasagne('net4', [
    [50, 0.004216, 0.003996],
    [100, 0.003533, 0.003382],
    [250, 0.001557, 0.001781],
    [500, 0.000915, 0.001433],
    [750, 0.000653, 0.001355],
    [1000, 0.000496, 0.001387],
  ]),
  lasagne('net5', [
    [50, 0.004317, 0.004081],
    [100, 0.003756, 0.003535],
    [250, 0.001765, 0.001845],
    [500, 0.001135, 0.001437],
    [750, 0.000878, 0.001313],
    [1000, 0.000705, 0.00126],
    [1500, 0.000492, 0.001199],
    [2000, 0.000373, 0.001184],
  ]),
  lasagne('net6', [
    [50, 0.004619, 0.005198],
    [100, 0.004369, 0.004182],
    [250, 0.003821, 0.003577],
    [500, 0.002598, 0.002236],
    [1000, 0.001902, 0.001607],
    [1500, 0.00166, 0.001383],
    [2000, 0.001496, 0.001262],
    [2500, 0.001383, 0.001181],
    [3000, 0.001306, 0.001121],
  ]),
  lasagne(
    'net7',
    [
      [50, 0.004756, 0.007043],
      [100, 0.00444, 0.005321],
      [250, 0.003974, 0.003928],
      [500, 0.002574, 0.002347],
      [1000, 0.001861, 0.001613],
      [1500, 0.001558, 0.001372],
      [2000, 0.001409, 0.00123],
      [2500, 0.001295, 0.001146],
      [3000, 0.001195, 0.001087],
    ],
    ONE_HORIZON,
  ),
  lasagne(
    'net12',
    [
      [50, 0.004756, 0.007027],
      [100, 0.004439, 0.005321],
      [500, 0.002576, 0.002346],
      [1000, 0.001863, 0.001614],
      [2000, 0.001406, 0.001233],
      [3000, 0.001184, 0.001074],
      [4000, 0.001068, 0.000983],
      [5000, 0.000981, 0.00092],
      [6000, 0.000904, 0.000884],
      [7000, 0.000851, 0.000849],
      [8000, 0.00081, 0.000821],
      [9000, 0.000769, 0.000803],
      [10000, 0.00076, 0.000787],
    ],
    ONE_HORIZON,
  ),
  {
    name: 'keras1',
    source: 'Keras tutorial',
    epochs: [
      [1, 0.0559, 0.016],
      [2, 0.0125, 0.012],
      [3, 0.0109, 0.0113],
      [4, 0.0099, 0.0093],
      [5, 0.009, 0.0098],
      [50, 0.0032, 0.0046],
      [95, 0.0023, 0.0034],
      [100, 0.0022, 0.0035],
    ],
  },
];

/**
 * The published curve of a recipe, undefined where none was printed.
 *
 * @example
 * publishedCurve('net2')?.epochs.at(-1); // [1000, 0.001079, 0.001566]
 */
export const publishedCurve = (recipe: string): PublishedCurve | undefined =>
  PUBLISHED_CURVES.find(({ name }) => name === recipe);

/** A published curve as the figures of learning curves take it. */
export const asCurve = ({ name, epochs }: PublishedCurve): Curve => ({
  name: `${name} published`,
  sparse: true,
  history: epochs.map(([epoch, trainLoss, validLoss]) => ({ epoch, trainLoss, validLoss })),
});
