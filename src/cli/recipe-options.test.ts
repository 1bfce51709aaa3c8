import { describe, expect, test } from 'vitest';
import { net2 } from '../../recipes/net2.ts';
import { refusal } from '../../test/refusal.ts';
import { withSettings } from '../train/settings.ts';
import { settingsOf } from './recipe-options.ts';

const tuningOf = (freeze: string) =>
  withSettings(net2, settingsOf(net2, { freeze, set: [] })).tuning;

describe('--freeze', () => {
  test('names layers, for ever or until an epoch is over', () => {
    expect(tuningOf('conv1, conv2:20')).toEqual({
      conv1: { frozenUntil: 'end' },
      conv2: { frozenUntil: 20 },
    });
  });

  test.each(['conv1,', 'conv1:', 'conv1:x', ','])('%s is refused', (freeze) => {
    expect(() => tuningOf(freeze)).toThrow(refusal(/^--freeze .*: expected names of layers/));
  });
});
