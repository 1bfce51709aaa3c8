import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { validate } from '../json.ts';
import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  inverseTimeSchedule,
  linearSchedule,
  oneCycleSchedule,
  type Schedule,
  stepSchedule,
} from './schedule.ts';
import { learningRateSchema, momentumSchema } from './schedule-schema.ts';

const learningRate = (value: unknown) => validate(learningRateSchema, value, 'learningRate');
const momentum = (value: unknown) => validate(momentumSchema, value, 'momentum');

test.each<[Schedule]>([
  [0],
  [0.9],
  [constantSchedule(0.9)],
  [linearSchedule(0.9, 0.999, { lag: 1, over: 300 })],
  [stepSchedule(0.9, 0.5, 100, { by: 'step' })],
  [exponentialSchedule(0.9, 0.99, { by: 'epoch' })],
  [cosineSchedule(0.9, 0)],
  [oneCycleSchedule(0.95, 0.85, 0.95, { by: 'step', warmUp: 0.2 })],
  [inverseTimeSchedule(0.9, 1e-6)],
])('%j is read back as it was', (schedule) => {
  const json = JSON.parse(JSON.stringify(schedule));
  expect(learningRate(json)).toEqual(schedule);
  expect(momentum(json)).toEqual(schedule);
});

test('one-cycle rises for 0.3 of its span if nothing is said', () => {
  const { warmUp: _, ...rest } = oneCycleSchedule(0.1, 0.2, 0);
  expect(learningRate(rest)).toEqual(oneCycleSchedule(0.1, 0.2, 0));
});

test('a learning rate may grow, a momentum stays below 1', () => {
  expect(learningRate(exponentialSchedule(0.001, 1.1))).toEqual(exponentialSchedule(0.001, 1.1));
  expect(() => momentum(exponentialSchedule(0.5, 1.1))).toThrow(
    refusal(/^momentum, factor: .*<=1/),
  );
  expect(() => momentum(linearSchedule(0.9, 1))).toThrow(refusal(/^momentum, to: .*<1, not 1/));
  expect(() => momentum(1)).toThrow(refusal(/^momentum: .*<1, not 1/));
});

test.each<[unknown, RegExp]>([
  [-0.1, /^learningRate: expected number to be >=0/],
  ['fast', /^learningRate: expected number or object, not "fast"/],
  [{ type: 'linea', from: 1, to: 0 }, /^learningRate, type: expected .*'linear'.*, not "linea"/],
  [{ type: 'linear', from: 1 }, /^learningRate, to: expected number, but it is missing/],
  [{ type: 'linear', from: 1, to: 0, over: 0 }, /^learningRate, over: /],
  [{ type: 'linear', from: 1, to: 0, lag: -1 }, /^learningRate, lag: /],
  [{ type: 'linear', from: 1, to: 0, by: 'batch' }, /^learningRate, by: /],
  [{ type: 'linear', from: 1, to: 0, speed: 3 }, /^learningRate: Unrecognized key: "speed"/],
  [{ type: 'step', from: 1, factor: 0.5, every: 1.5 }, /^learningRate, every: /],
  [{ type: 'step', from: 1, factor: 0, every: 1 }, /^learningRate, factor: /],
  [{ type: 'oneCycle', from: 1, peak: 2, to: 0, warmUp: 1 }, /^learningRate, warmUp: /],
  [{ type: 'inverseTime', from: 1, decay: -1 }, /^learningRate, decay: /],
])('%j is refused', (value, message) => {
  expect(() => learningRate(value)).toThrow(refusal(message));
});
