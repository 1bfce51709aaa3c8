/**
 * The public library: train a network on pictures with keypoints, save it, find keypoints with it.
 *
 * Everything here runs in Node and in browsers alike; files and terminals are the caller's business.
 *
 * @module
 */

export { recipes, specialistRecipes } from '../recipes/index.ts';
export {
  type Augmentation,
  drawTransforms,
  fillOf,
  type RowTransform,
} from './data/augmentation.ts';
export type { Dataset } from './data/dataset.ts';
export { mirrorPartners } from './data/mirror.ts';
export {
  type Scaling,
  type Standardisation,
  standardisationOf,
  standardScaling,
} from './data/scaling.ts';
export { type KeypointSchema, keypointSchema } from './data/schema.ts';
export { completeRows, narrowPoints, selectPoints, selectRows } from './data/select.ts';
export type { Split } from './data/split.ts';
export { type SynthesizeOptions, synthesize } from './data/synthetic/synthesize.ts';
export { TableParser } from './data/table-parser.ts';
export type { EngineBuild } from './engine/build.ts';
export { CompiledNetwork, type CompileOptions } from './engine/compiled-network.ts';
export { Engine, type EngineOptions } from './engine/engine.ts';
export type { LoadedData, LossSum, TrainingStep } from './engine/step-table.ts';
export { InputError } from './errors.ts';
export { decodeModel } from './model/decode-model.ts';
export { encodeModel, type Model } from './model/model-file.ts';
export { type InitialiseOptions, initialise, type Parameters, RELU_GAIN } from './nn/initialise.ts';
export {
  type LossSpec,
  maskedMeanSquaredError,
  meanSquaredError,
  softmaxCrossEntropy,
} from './nn/loss.ts';
export {
  conv2d,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  maxPool2d,
  type NetworkSpec,
  network,
  relu,
  type Shape,
  sigmoid,
  tanh,
} from './nn/network.ts';
export {
  adagrad,
  adam,
  momentum,
  nesterov,
  type RuleSpec,
  rmsprop,
  type StepSettings,
  sgd,
} from './nn/rule.ts';
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  inverseTimeSchedule,
  linearSchedule,
  type Moment,
  oneCycleSchedule,
  type Schedule,
  type ScheduleSpec,
  scheduleText,
  scheduleValue,
  stepSchedule,
} from './nn/schedule.ts';
export { type KeypointErrors, keypointErrors, meanFace } from './predict/errors.ts';
export { joinErrors, joinPredictions } from './predict/joined.ts';
export { predictKeypoints } from './predict/predict.ts';
export type { Predictions } from './predict/predictions.ts';
export { type RandomStream, randomStream } from './random.ts';
export type { Epoch, EpochRecord, Progress } from './train/epoch.ts';
export { type LayerTuning, networkFor, type Pretraining, type Recipe } from './train/recipe.ts';
export { recipeSchema } from './train/recipe-schema.ts';
export { withSettings } from './train/settings.ts';
export {
  recipesFor,
  type Specialist,
  type SpecialistsRecipe,
  unlearnedPoints,
  withSpecialistSettings,
} from './train/specialists.ts';
export { specialistsSchema } from './train/specialists-schema.ts';
export { train } from './train/train.ts';
export { Training, type TrainOptions } from './train/training.ts';
export { type TrainingData, trainingData } from './train/training-data.ts';
