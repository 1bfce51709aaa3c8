import { describe, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { net4 } from '../../recipes/net4.ts';
import { start } from '../../recipes/start.ts';
import { InputError } from '../errors.ts';
import { linearSchedule } from '../nn/schedule.ts';
import { variantsOf } from './variants.ts';

const RULES = 'rule=sgd,momentum,nesterov,adagrad,rmsprop,adam';
const rates = (variants: ReturnType<typeof variantsOf>) =>
  variants.map(({ name, recipe }) => [name, recipe.rule.type, recipe.learningRate]);

describe('variantsOf', () => {
  test('plain rules keep the rate of a recipe with such a rule, the others have their usual one', () => {
    expect(rates(variantsOf({ ...net1, learningRate: 0.02 }, { vary: RULES }))).toEqual([
      ['sgd', 'sgd', 0.02],
      ['momentum', 'momentum', 0.02],
      ['nesterov', 'nesterov', 0.02],
      ['adagrad', 'adagrad', 0.01],
      ['rmsprop', 'rmsprop', 0.001],
      ['adam', 'adam', 0.001],
    ]);
  });

  test('a recipe with Adam keeps its rate for Adam alone', () => {
    const variants = variantsOf({ ...start, learningRate: 0.005 }, { vary: 'rule=adam, sgd' });
    expect(rates(variants)).toEqual([
      ['adam', 'adam', 0.005],
      ['sgd', 'sgd', 0.01],
    ]);
  });

  test('a rate that is given stays', () => {
    const variants = variantsOf(net1, {
      vary: 'learningRate=0.1,0.2',
      set: ['rule=adam  learningRate=0.3 epochs=7'],
    });
    expect(rates(variants)).toEqual([
      ['0.1', 'nesterov', 0.1],
      ['0.2', 'nesterov', 0.2],
      ['rule=adam learningRate=0.3 epochs=7', 'adam', 0.3],
    ]);
    expect(variants[2]!.recipe.epochs).toBe(7);
  });

  test('a schedule of learning rates stays with the rules that it is for', () => {
    const variants = variantsOf(net4, {
      vary: 'rule=momentum,adam',
      set: ['learningRate.to=0.001'],
    });
    expect(rates(variants)).toEqual([
      ['momentum', 'momentum', net4.learningRate],
      ['adam', 'adam', 0.001],
      ['learningRate.to=0.001', 'nesterov', linearSchedule(0.03, 0.001, { lag: 1 })],
    ]);
  });

  test('nothing else changes, so the start is the same', () => {
    for (const { recipe } of variantsOf(net1, { vary: RULES })) {
      const { rule, learningRate } = net1;
      expect({ ...recipe, rule, learningRate }).toEqual(net1);
    }
  });

  test.each([
    ['no variant', {}, /nothing to compare/],
    ['no value', { vary: 'rule' }, /--vary rule: expected key=a,b,c/],
    ['an unknown key', { vary: 'rul=sgd' }, /no key "rul"/],
    ['an unknown rule', { vary: 'rule=sgd,adan' }, /rule/],
    ['two of one name', { vary: 'rule=sgd,sgd' }, /two variants are called "sgd"/],
    ['no change', { set: [''] }, /expected key=value/],
  ])('refuses %s', (_, options, message) => {
    expect(() => variantsOf(net1, options)).toThrow(message);
    expect(() => variantsOf(net1, options)).toThrow(InputError);
  });
});
