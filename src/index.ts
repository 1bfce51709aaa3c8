/**
 * The public library: train a network on pictures with keypoints, save it, find keypoints with it.
 *
 * Everything here runs in Node, in workers and in browsers alike. What reads and writes files is in
 * `fiducial/node`. `docs/api.md` is made of this file: its headings are those here.
 *
 * @module
 */

// # Find keypoints
// A model's bytes go in, a detector comes out: it finds keypoints in pictures of any size.

export type { Picture } from './picture/picture.ts';
export {
  type DetectOptions,
  Detector,
  type Face,
  type FileBytes,
  type Keypoints,
  load,
} from './predict/detector.ts';
export { parsePredictions } from './predict/parse-predictions.ts';
export { predictKeypoints } from './predict/predict.ts';
export { Predictor, type PredictorOptions } from './predict/predictor.ts';

// # Faces in photographs
// Parts of a picture in the form that a network takes, and points on their way between the two.

export { type Box, boxAround, type Square, squareOf, wholeBox } from './picture/box.ts';
export { cropPicture, toCrop, toPicture } from './picture/crop.ts';

// # Errors of predictions
// How far points that were found are off.

export { type KeypointErrors, keypointErrors, meanFace } from './predict/errors.ts';
export { type FieldErrors, fieldErrors, type RowsError } from './predict/field-errors.ts';
export { joinErrors } from './predict/joined.ts';
export type { NormalisedError } from './predict/normalised-error.ts';

// # Models
// A trained network and everything needed to use it, as one safetensors file.

export type { Json } from './json.ts';
export {
  type CardError,
  type CardErrors,
  cardWith,
  type LabelCorrections,
  type ModelCard,
  type Provenance,
  type RowsCardError,
} from './model/card.ts';
export { decodeModel } from './model/decode-model.ts';
export { encodeModel, type Model } from './model/model-file.ts';
export { exportOnnx, type OnnxOptions } from './model/onnx/export-onnx.ts';

// # Train
// A recipe and a dataset go in; epochs come out, one after the other, each with its model.

export { recipes } from '../recipes/index.ts';
export type { Teacher } from './train/distillation.ts';
export type { Epoch, EpochRecord, Progress } from './train/epoch.ts';
export { type LayerTuning, networkFor, type Pretraining, type Recipe } from './train/recipe.ts';
export { parseRecipe } from './train/recipe-schema.ts';
export { withSettings } from './train/settings.ts';
export { train } from './train/train.ts';
export { Training, type TrainOptions } from './train/training.ts';
export { type TrainingData, trainingData } from './train/training-data.ts';

// # Checkpoints
// A training that is written down goes on another day, to the same bits.

export { type Checkpoint, encodeCheckpoint, type Underway } from './train/checkpoint.ts';
export { decodeCheckpoint } from './train/decode-checkpoint.ts';

// # Several nets
// Specialists divide the keypoints between them, each trained on all rows that show its own; the nets of
// an ensemble differ in their seeds, and what they find is averaged.

export { teamRecipes } from '../recipes/index.ts';
export { type EnsembleRecipe, ensembleOf } from './train/ensemble.ts';
export type { Specialist, SpecialistsRecipe } from './train/specialists.ts';
export type { TeamRecipe } from './train/team.ts';
export { recipesFor, withTeamSettings } from './train/team-recipes.ts';

// # Data
// Pictures as bytes, labels in pixels with gaps where they are missing.

export { type AuditOptions, audit, proposals } from './data/audit/audit.ts';
export type { Reason, Suspect } from './data/audit/suspect.ts';
export type {
  Augmentation,
  CutoutFill,
  FactorRange,
  FillMode,
  OutsidePoints,
} from './data/augmentation.ts';
export type { Convention } from './data/conventions.ts';
export {
  applyCorrections,
  type Correction,
  correctionsTable,
  type Label,
  parseCorrections,
} from './data/corrections.ts';
export type { Dataset } from './data/dataset.ts';
export type { Channels, ImageFormat } from './data/image-format.ts';
export type { MirrorPair } from './data/mirror-pairs.ts';
export { nearDuplicates, similarGroups } from './data/near-duplicates.ts';
export { type KeypointSchema, keypointSchema } from './data/schema.ts';
export { completeRows, narrowPoints, selectPoints, selectRows } from './data/select.ts';
export { type Split, type SplitRows, splitRows } from './data/split.ts';
export { type SynthesizeOptions, synthesize } from './data/synthetic/synthesize.ts';
export { TableParser } from './data/table-parser.ts';

// # Networks
// A network is plain data: a list of layers.

export { type InitialiseOptions, initialise, type Parameters, RELU_GAIN } from './nn/initialise.ts';
export {
  type ActivationSpec,
  type BatchNormSpec,
  batchNorm,
  type Conv2dSpec,
  conv2d,
  type DenseSpec,
  type DropoutSpec,
  dense,
  dropout,
  type FlattenSpec,
  flatten,
  type GlobalAveragePool2dSpec,
  globalAveragePool2d,
  type LayerOptions,
  type LayerSpec,
  type LeakyReluSpec,
  leakyRelu,
  type MaxPool2dSpec,
  maxPool2d,
  type ResidualSpec,
  relu,
  residual,
  type SoftArgmax2dSpec,
  sigmoid,
  silu,
  softArgmax2d,
  tanh,
} from './nn/layers.ts';
export { type NetworkSpec, network, type Shape } from './nn/network.ts';

// # Losses, update rules and schedules
// What is made small, how a gradient moves a weight, and how the rate of that changes.

export type { AveragingSpec } from './nn/averaging.ts';
export {
  type LossSpec,
  maskedMeanSquaredError,
  meanSquaredError,
  type SmoothL1LossSpec,
  smoothL1Loss,
  softmaxCrossEntropy,
  type WingLossSpec,
  wingLoss,
} from './nn/loss.ts';
export {
  type AdagradSpec,
  type AdamSpec,
  adagrad,
  adam,
  type MomentumSpec,
  momentum,
  type NesterovSpec,
  nesterov,
  type RmspropSpec,
  type RuleOptions,
  type RuleSpec,
  rmsprop,
  type SgdSpec,
  sgd,
} from './nn/rule.ts';
export {
  type ConstantSchedule,
  type CosineSchedule,
  constantSchedule,
  cosineSchedule,
  type ExponentialSchedule,
  exponentialSchedule,
  type InverseTimeSchedule,
  inverseTimeSchedule,
  type LinearSchedule,
  linearSchedule,
  type Moment,
  type OneCycleSchedule,
  oneCycleSchedule,
  type Schedule,
  type ScheduleSpec,
  type Span,
  type StepSchedule,
  scheduleValue,
  stepSchedule,
  type Timing,
} from './nn/schedule.ts';

// # The engine, for a training loop of your own
// Threads that compute, and a network bound to them. `examples/mnist` is such a loop.

export { type Fill, fillOf } from './data/augmentation.ts';
export { mirrorPartners } from './data/mirror.ts';
export {
  type CutoutBox,
  drawTransforms,
  type Elastic,
  type Noise,
  type RowTransform,
  type Tone,
} from './data/row-transform.ts';
export {
  type Scaling,
  type Standardisation,
  standardisationOf,
  standardScaling,
} from './data/scaling.ts';
export type { Build, EngineBuild } from './engine/build.ts';
export { CompiledNetwork, type CompileOptions, type Tensors } from './engine/compiled-network.ts';
export { Engine, type EngineOptions } from './engine/engine.ts';
export type { LoadedData, LossSum, TrainingStep } from './engine/step-table.ts';
export type { LayerLearning, LearningByLayer } from './nn/learning.ts';
export type { StepSettings } from './nn/rule.ts';
export { type RandomStream, randomStream } from './random.ts';

// # Mistakes
// What is thrown where something that was given cannot be used.

export { InputError } from './errors.ts';
