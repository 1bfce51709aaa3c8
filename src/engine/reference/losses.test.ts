import { expect, test } from 'vitest';
import { smoothL1Loss, wingLoss } from '../../nn/loss.ts';
import { lossAndGradient } from './losses.ts';

const at = (loss: Parameters<typeof lossAndGradient>[0], errors: readonly number[]) =>
  lossAndGradient(
    loss,
    Float64Array.from(errors),
    errors.map(() => 0),
    1,
  );

test('smooth L1: square up to beta, then straight, as PyTorch has it', () => {
  // torch.nn.functional.smooth_l1_loss with beta = 0.5: 0.2² / 1, 0.5 - 0.25, 2 - 0.25.
  for (const [error, value, slope] of [
    [0.2, 0.04, 0.4],
    [0.5, 0.25, 1],
    [-2, 1.75, -1],
    [0, 0, 0],
  ] as const) {
    const { loss, gradient } = at(smoothL1Loss(0.5), [error]);
    expect(loss).toBeCloseTo(value, 14);
    expect(gradient[0]).toBeCloseTo(slope, 14);
  }
});

test('wing: a logarithm up to its width, then straight, without a step between', () => {
  const loss = wingLoss({ width: 10, curvature: 2 });
  // 10 ln 2, 10 ln 6, and 20 - (10 - 10 ln 6): the paper's own width and curvature.
  for (const [error, value, slope] of [
    [2, 6.931471805599453, 2.5],
    [-10, 17.91759469228055, -1],
    [20, 27.91759469228055, 1],
    [0, 0, 0],
  ] as const) {
    const actual = at(loss, [error]);
    expect(actual.loss).toBeCloseTo(value, 12);
    expect(actual.gradient[0]).toBeCloseTo(slope, 12);
  }
  expect(at(loss, [10 - 1e-9]).loss).toBeCloseTo(at(loss, [10]).loss, 7);
});

test('both are means over the labels that are there', () => {
  for (const loss of [smoothL1Loss(1), wingLoss()]) {
    const alone = at(loss, [0.3]);
    const beside = lossAndGradient(loss, Float64Array.of(0.3, 5, 0.3), [0, Number.NaN, 0], 1);
    expect(beside.loss).toBeCloseTo(alone.loss, 14);
    expect(beside.gradient).toEqual(
      Float64Array.of(alone.gradient[0]! / 2, 0, alone.gradient[0]! / 2),
    );
    expect(lossAndGradient(loss, Float64Array.of(1), [Number.NaN], 1)).toEqual({
      loss: 0,
      gradient: Float64Array.of(0),
    });
  }
});
