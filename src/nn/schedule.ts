import { cosine, power } from './arithmetic.ts';

/** When a schedule moves. */
export interface Timing {
  /** What it counts: epochs (default), or steps over the whole run (default of inverse time). */
  readonly by?: 'epoch' | 'step';
  /**
   * Epochs (or steps) at the start for which the first value is held before it counts, default 0:
   * Keras sets a value before an epoch (0), nolearn after it, for the next one (1).
   */
  readonly lag?: number;
}
/** When a schedule that goes from one end to another moves. */
export interface Span extends Timing {
  /** Epochs from one end to the other, default all of the run's; afterwards the last value stays. */
  readonly over?: number;
}

/** One value throughout. */
export interface ConstantSchedule {
  readonly type: 'constant';
  readonly value: number;
}
/** In equal steps: `np.linspace(from, to, n)`. */
export interface LinearSchedule extends Span {
  readonly type: 'linear';
  readonly from: number;
  readonly to: number;
}
/** from * factor^floor(i / every), `every` in epochs (or steps). */
export interface StepSchedule extends Timing {
  readonly type: 'step';
  readonly from: number;
  readonly factor: number;
  readonly every: number;
}
/** from * factor^i. */
export interface ExponentialSchedule extends Timing {
  readonly type: 'exponential';
  readonly from: number;
  readonly factor: number;
}
/** Half a wave (Loshchilov and Hutter, 2017): to + (from - to) * (1 + cos(pi * i / (n - 1))) / 2. */
export interface CosineSchedule extends Span {
  readonly type: 'cosine';
  readonly from: number;
  readonly to: number;
}
/** Half a wave up, then half a wave down (Smith, 2018); `warmUp` is the share of the way up. */
export interface OneCycleSchedule extends Span {
  readonly type: 'oneCycle';
  readonly from: number;
  readonly peak: number;
  readonly to: number;
  readonly warmUp: number;
}
/** from / (1 + decay * i): the `decay` of Keras's optimizers. */
export interface InverseTimeSchedule extends Timing {
  readonly type: 'inverseTime';
  readonly from: number;
  readonly decay: number;
}
/**
 * A value that changes in the course of a run, as plain data. In the formulas i counts epochs (or
 * steps) from 0, and n is how many the schedule spans.
 */
export type ScheduleSpec =
  | ConstantSchedule
  | LinearSchedule
  | StepSchedule
  | ExponentialSchedule
  | CosineSchedule
  | OneCycleSchedule
  | InverseTimeSchedule;

/** A learning rate or a momentum: one number, or a schedule. */
export type Schedule = number | ScheduleSpec;

/** A place in a run. */
export interface Moment {
  /** The epoch that is trained, from 1. */
  readonly epoch: number;
  /** Steps done before, from 0, over the whole run. */
  readonly step: number;
  /** Epochs of the run. */
  readonly epochs: number;
  readonly stepsAnEpoch: number;
}

/**
 * One value throughout; a plain number means the same.
 *
 * @param value of the learning rate or momentum
 * @example
 * constantSchedule(0.01);
 */
export const constantSchedule = (value: number): ConstantSchedule => ({ type: 'constant', value });
/**
 * In equal steps from one value to another.
 *
 * @param from the first value
 * @param to the last value
 * @param span when it moves; default: every epoch, over the whole run
 * @example
 * linearSchedule(0.03, 0.0001, { lag: 1 }); // the learning rate of net4
 */
export const linearSchedule = (from: number, to: number, span: Span = {}): LinearSchedule => ({
  type: 'linear',
  from,
  to,
  ...span,
});
/**
 * Multiplied by `factor` every so many epochs (or steps).
 *
 * @param from the first value
 * @param factor what it is multiplied by
 * @param every how many epochs (or steps)
 * @param timing whether it counts epochs (default) or steps, and from when
 * @example
 * stepSchedule(0.01, 0.5, 100); // half as much every 100 epochs
 */
export const stepSchedule = (
  from: number,
  factor: number,
  every: number,
  timing: Timing = {},
): StepSchedule => ({ type: 'step', from, factor, every, ...timing });
/**
 * Multiplied by `factor` after each epoch (or step).
 *
 * @param from the first value
 * @param factor what it is multiplied by
 * @param timing whether it counts epochs (default) or steps, and from when
 * @example
 * exponentialSchedule(0.03, 0.998);
 */
export const exponentialSchedule = (
  from: number,
  factor: number,
  timing: Timing = {},
): ExponentialSchedule => ({ type: 'exponential', from, factor, ...timing });
/**
 * Half a wave from one value to another: slow at both ends.
 *
 * @param from the first value
 * @param to the last value
 * @param span when it moves; default: every epoch, over the whole run
 * @example
 * cosineSchedule(0.03, 0.0001, { by: 'step' });
 */
export const cosineSchedule = (from: number, to: number, span: Span = {}): CosineSchedule => ({
  type: 'cosine',
  from,
  to,
  ...span,
});
/**
 * Up to a peak, then down.
 *
 * @param from the first value
 * @param peak the largest value
 * @param to the last value
 * @param options `warmUp`: share of the span in which it rises, in [0, 1), default 0.3; and its span
 * @example
 * oneCycleSchedule(0.001, 0.03, 0.0001, { by: 'step' });
 */
export const oneCycleSchedule = (
  from: number,
  peak: number,
  to: number,
  options: Span & { readonly warmUp?: number } = {},
): OneCycleSchedule => ({ type: 'oneCycle', from, peak, to, warmUp: 0.3, ...options });
/**
 * As Keras's `decay` has it, by step if nothing else is said.
 *
 * @param from the first value
 * @param decay share of it by which the divisor grows with each step (or epoch)
 * @param timing whether it counts steps (default) or epochs, and from when
 * @example
 * inverseTimeSchedule(0.01, 1e-6);
 */
export const inverseTimeSchedule = (
  from: number,
  decay: number,
  timing: Timing = {},
): InverseTimeSchedule => ({ type: 'inverseTime', from, decay, ...timing });

/**
 * What a schedule says at a moment of the run, as a float64 that every engine computes alike.
 *
 * @example
 * scheduleValue(linearSchedule(0.03, 0.0001), { epoch: 3000, step: 38976, epochs: 3000, stepsAnEpoch: 13 }); // 0.0001
 */
export function scheduleValue(schedule: Schedule, moment: Moment): number {
  if (typeof schedule === 'number') return schedule;
  switch (schedule.type) {
    case 'constant':
      return schedule.value;
    case 'step':
      return (
        schedule.from *
        power(schedule.factor, Math.floor(counted(schedule, moment) / schedule.every))
      );
    case 'exponential':
      return schedule.from * power(schedule.factor, counted(schedule, moment));
    case 'inverseTime': {
      const { by = 'step', from, decay } = schedule;
      return from / (1 + decay * counted({ ...schedule, by }, moment));
    }
    case 'linear': {
      const { from, to } = schedule;
      const { index, last } = place(schedule, moment);
      // The order of operations is numpy's, so that the bits are.
      return index < last ? index * ((to - from) / last) + from : to;
    }
    case 'cosine': {
      const { index, last } = place(schedule, moment);
      return halfWave(schedule.from, schedule.to, index / last);
    }
    case 'oneCycle': {
      const { from, peak, to, warmUp } = schedule;
      const { index, last } = place(schedule, moment);
      const share = index / last;
      return share < warmUp
        ? halfWave(from, peak, share / warmUp)
        : halfWave(peak, to, (share - warmUp) / (1 - warmUp));
    }
  }
}

/** Epochs or steps that count at a moment, from 0. */
function counted({ by = 'epoch', lag = 0 }: Timing, { epoch, step }: Moment): number {
  return Math.max(0, (by === 'epoch' ? epoch - 1 : step) - lag);
}

/** Index in [0, last] of a moment in a schedule's span; of a span of one, the start. */
function place(span: Span, moment: Moment): { readonly index: number; readonly last: number } {
  const { by, over = moment.epochs } = span;
  const length = by === 'step' ? over * moment.stepsAnEpoch : over;
  if (length === 1) return { index: 0, last: 1 };
  return { index: Math.min(counted(span, moment), length - 1), last: length - 1 };
}

function halfWave(from: number, to: number, share: number): number {
  if (share === 0) return from;
  return share === 1 ? to : to + ((from - to) * (1 + cosine(Math.PI * share))) / 2;
}

/** The value with which a schedule begins. */
export const firstValue = (schedule: Schedule): number =>
  scheduleValue(schedule, { epoch: 1, step: 0, epochs: 1, stepsAnEpoch: 1 });

/** Epochs that a schedule spans, where it says so itself. */
export const givenSpan = (schedule: Schedule): number | undefined =>
  typeof schedule !== 'number' && 'over' in schedule ? schedule.over : undefined;

/**
 * The same schedule, which spans so many epochs where it did not say itself: a run that is made longer
 * keeps its past. Schedules without an end are left as they are.
 */
export function withLength(schedule: Schedule, epochs: number): Schedule {
  if (typeof schedule === 'number' || givenSpan(schedule) !== undefined) return schedule;
  const { type } = schedule;
  return type === 'linear' || type === 'cosine' || type === 'oneCycle'
    ? { ...schedule, over: epochs }
    : schedule;
}

/** A schedule in words: `linear 0.03 → 0.0001`. */
export function scheduleText(schedule: Schedule): string {
  if (typeof schedule === 'number') return String(schedule);
  const over = givenSpan(schedule);
  return `${shapeText(schedule)}${over === undefined ? '' : ` over ${over} epochs`}`;
}

function shapeText(schedule: ScheduleSpec): string {
  switch (schedule.type) {
    case 'constant':
      return String(schedule.value);
    case 'linear':
    case 'cosine':
      return `${schedule.type} ${schedule.from} → ${schedule.to}`;
    case 'oneCycle':
      return `one-cycle ${schedule.from} → ${schedule.peak} → ${schedule.to}`;
    case 'step': {
      const { from, factor, every, by = 'epoch' } = schedule;
      return `${from} x ${factor} every ${every} ${by}s`;
    }
    case 'exponential': {
      const { from, factor, by = 'epoch' } = schedule;
      return `${from} x ${factor} every ${by}`;
    }
    case 'inverseTime': {
      const { from, decay, by = 'step' } = schedule;
      return `${from} / (1 + ${decay} ${by}s)`;
    }
  }
}

/**
 * Says where a schedule spans more or fewer epochs than the run has, which is allowed, but seldom
 * meant; undefined where it fits.
 *
 * @param name what the schedule is for: `learning rate`
 */
export function spanNote(name: string, schedule: Schedule, epochs: number): string | undefined {
  const over = givenSpan(schedule);
  if (over === undefined || over === epochs) return undefined;
  const start = `The schedule of the ${name} spans ${over} epochs and the run has ${epochs}`;
  return over < epochs
    ? `${start}: then its last value stays.`
    : `${start}: it will not come to its end.`;
}
