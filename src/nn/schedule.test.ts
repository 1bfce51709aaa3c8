import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  firstValue,
  inverseTimeSchedule,
  linearSchedule,
  oneCycleSchedule,
  type Schedule,
  type ScheduleSpec,
  type Span,
  scheduleText,
  scheduleValue,
  spanNote,
  stepSchedule,
  withLength,
} from './schedule.ts';

const STEPS_AN_EPOCH = 13;

/** What a schedule says in an epoch's first step. */
const atEpoch = (schedule: Schedule, epoch: number, epochs: number): number =>
  scheduleValue(schedule, {
    epoch,
    step: (epoch - 1) * STEPS_AN_EPOCH,
    epochs,
    stepsAnEpoch: STEPS_AN_EPOCH,
  });

/** What a schedule says at the steps of a run of one step an epoch. */
const inSteps = (schedule: Schedule, count: number): number[] =>
  Array.from({ length: count }, (_, step) =>
    scheduleValue(schedule, { epoch: step + 1, step, epochs: count, stepsAnEpoch: 1 }),
  );

const value = () => fc.double({ min: 1e-5, max: 1, noNaN: true });
const span = (): fc.Arbitrary<Span> =>
  fc.record({ by: fc.constantFrom('epoch', 'step'), lag: fc.nat(3) });
/** Schedules from one end to another, which ends when the run does. */
const spanning = (): fc.Arbitrary<ScheduleSpec> =>
  fc.oneof(
    fc.tuple(value(), value(), span()).map((all) => linearSchedule(...all)),
    fc.tuple(value(), value(), span()).map((all) => cosineSchedule(...all)),
    fc.tuple(value(), value(), value(), span()).map((all) => oneCycleSchedule(...all)),
  );
const endless = (): fc.Arbitrary<ScheduleSpec> =>
  fc.oneof(
    value().map(constantSchedule),
    fc
      .tuple(value(), value(), fc.integer({ min: 1, max: 9 }), span())
      .map((all) => stepSchedule(...all)),
    fc.tuple(value(), value(), span()).map((all) => exponentialSchedule(...all)),
    fc.tuple(value(), value(), span()).map((all) => inverseTimeSchedule(...all)),
  );

describe('linear', () => {
  test("has the bits of numpy's linspace", () => {
    // np.linspace(0.03, 0.0001, 3000)[[0, 1, 2, 1500, 2998, 2999]]
    const rate = linearSchedule(0.03, 0.0001);
    expect([1, 2, 3, 1501, 2999, 3000].map((epoch) => atEpoch(rate, epoch, 3000))).toEqual([
      0.03, 0.029990030010003332, 0.02998006002000667, 0.015045015005001666, 0.00010996998999666593,
      0.0001,
    ]);
  });

  test('with a lag of 1 holds the first value for two epochs and ends one short, as nolearn does', () => {
    const rate = linearSchedule(0.5, 0, { lag: 1 });
    expect([1, 2, 3, 4, 5].map((epoch) => atEpoch(rate, epoch, 5))).toEqual([
      0.5, 0.5, 0.375, 0.25, 0.125,
    ]);
  });

  test('of one epoch is its first value', () => {
    expect(atEpoch(linearSchedule(0.5, 0.1), 1, 1)).toBe(0.5);
    expect(atEpoch(linearSchedule(0.5, 0.1, { over: 1 }), 7, 9)).toBe(0.5);
  });

  test('by step moves within an epoch', () => {
    const rate = linearSchedule(1, 0, { by: 'step' });
    const run = { epochs: 2, stepsAnEpoch: 3 };
    const steps = [0, 1, 2, 3, 4, 5].map((step) =>
      scheduleValue(rate, { epoch: 1 + Math.floor(step / 3), step, ...run }),
    );
    expect(steps).toEqual([1, 0.8, 0.6, expect.closeTo(0.4, 12), expect.closeTo(0.2, 12), 0]);
  });
});

describe('the others', () => {
  test('follow their formulas', () => {
    expect(inSteps(constantSchedule(0.1), 3)).toEqual([0.1, 0.1, 0.1]);
    expect(inSteps(stepSchedule(0.8, 0.5, 2), 6)).toEqual([0.8, 0.8, 0.4, 0.4, 0.2, 0.2]);
    expect(inSteps(stepSchedule(0.8, 0.5, 2, { lag: 1 }), 4)).toEqual([0.8, 0.8, 0.8, 0.4]);
    expect(inSteps(exponentialSchedule(1, 0.5), 4)).toEqual([1, 0.5, 0.25, 0.125]);
    expect(inSteps(inverseTimeSchedule(1, 1), 4)).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);
    const wave = inSteps(cosineSchedule(3, 1), 5);
    expect(wave).toEqual([
      3,
      expect.closeTo(2 + Math.SQRT1_2),
      2,
      expect.closeTo(2 - Math.SQRT1_2),
      1,
    ]);
    const cycle = inSteps(oneCycleSchedule(1, 5, 0, { warmUp: 0.5 }), 9);
    expect(cycle[2]).toBeCloseTo(3, 15);
    expect(cycle[6]).toBeCloseTo(2.5, 15);
    expect([cycle[0], cycle[4], cycle[8]]).toEqual([1, 5, 0]);
  });

  test('inverse time counts steps if nothing else is said', () => {
    const moment = { epoch: 3, step: 40, epochs: 9, stepsAnEpoch: 20 };
    expect(scheduleValue(inverseTimeSchedule(1, 0.1), moment)).toBe(1 / 5);
    expect(scheduleValue(inverseTimeSchedule(1, 0.1, { by: 'epoch' }), moment)).toBe(1 / 1.2);
  });

  test('without a rise one-cycle begins at its peak', () => {
    expect(inSteps(oneCycleSchedule(1, 5, 0, { warmUp: 0 }), 2)).toEqual([5, 0]);
  });
});

test('schedules begin and end exactly where they say', () => {
  fc.assert(
    fc.property(spanning(), fc.integer({ min: 4, max: 200 }), (schedule, count) => {
      const { from, to } = schedule as ReturnType<typeof linearSchedule>;
      const all = inSteps({ ...schedule, lag: 0 } as Schedule, count);
      expect([all[0], all.at(-1)]).toEqual([from, to]);
      expect(firstValue(schedule)).toBe(from);
    }),
  );
});

test('a run that is made longer keeps its past, and after the end the last value stays', () => {
  fc.assert(
    fc.property(spanning(), fc.integer({ min: 2, max: 50 }), (schedule, epochs) => {
      const longer = withLength(schedule, epochs);
      expect(withLength(longer, epochs + 1)).toEqual(longer);
      for (let epoch = 1; epoch <= epochs; epoch++) {
        expect(atEpoch(longer, epoch, 3 * epochs)).toBe(atEpoch(schedule, epoch, epochs));
      }
      const after = atEpoch(longer, 2 * epochs + 3, 3 * epochs);
      expect(after).toBe((schedule as ReturnType<typeof linearSchedule>).to);
    }),
  );
});

test('schedules without an end do not ask how long the run is', () => {
  fc.assert(
    fc.property(endless(), fc.integer({ min: 1, max: 50 }), (schedule, epoch) => {
      expect(withLength(schedule, 50)).toBe(schedule);
      expect(atEpoch(schedule, epoch, 50)).toBe(atEpoch(schedule, epoch, 500));
    }),
  );
  expect(withLength(0.01, 50)).toBe(0.01);
});

test.each<[Schedule, string]>([
  [0.01, '0.01'],
  [constantSchedule(0.01), '0.01'],
  [linearSchedule(0.03, 0.0001, { lag: 1 }), 'linear 0.03 → 0.0001'],
  [cosineSchedule(0.03, 0.0001, { over: 300 }), 'cosine 0.03 → 0.0001 over 300 epochs'],
  [stepSchedule(0.01, 0.5, 100), '0.01 x 0.5 every 100 epochs'],
  [exponentialSchedule(0.01, 0.99, { by: 'step' }), '0.01 x 0.99 every step'],
  [oneCycleSchedule(0.001, 0.03, 0.0001), 'one-cycle 0.001 → 0.03 → 0.0001'],
  [inverseTimeSchedule(0.01, 1e-6), '0.01 / (1 + 0.000001 steps)'],
])('%j reads as "%s"', (schedule, text) => {
  expect(scheduleText(schedule)).toBe(text);
});

test('a schedule that is longer or shorter than the run is said', () => {
  const rate = linearSchedule(0.03, 0.001, { over: 100 });
  expect(spanNote('learning rate', rate, 100)).toBeUndefined();
  expect(spanNote('learning rate', linearSchedule(0.03, 0.001), 50)).toBeUndefined();
  expect(spanNote('learning rate', 0.01, 50)).toBeUndefined();
  expect(spanNote('learning rate', rate, 300)).toBe(
    'The schedule of the learning rate spans 100 epochs and the run has 300: then its last value stays.',
  );
  expect(spanNote('momentum', rate, 40)).toBe(
    'The schedule of the momentum spans 100 epochs and the run has 40: it will not come to its end.',
  );
});
