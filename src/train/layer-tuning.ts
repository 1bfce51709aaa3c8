import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { type LayerSpec, openDropout } from '../nn/layers.ts';
import { frozenPrefix, type LearningByLayer } from '../nn/learning.ts';
import {
  flatLayers,
  type LayerInfo,
  layerInfos,
  layerTree,
  type NetworkSpec,
  network,
} from '../nn/network.ts';
import type { Recipe } from './recipe.ts';

/**
 * How the layers that a recipe tunes learn in an epoch; a rate of zero freezes a layer.
 *
 * @param epoch from 1
 */
export function learningIn(epoch: number, { tuning }: Recipe): LearningByLayer {
  return new Map(
    Object.entries(tuning).map(([name, { rate = 1, frozenUntil = 0 }]) => {
      const frozen = rate === 0 || frozenUntil === 'end' || epoch <= frozenUntil;
      return [name, { frozen, rate }];
    }),
  );
}

/**
 * Refuses a tuning of layers that the network does not have, or one under which none learns.
 *
 * @throws InputError
 */
export function checkTuning(spec: NetworkSpec, recipe: Recipe): void {
  const known = layerInfos(spec)
    .filter(({ parameters }) => parameters.length > 0)
    .map(({ name }) => name);
  for (const name of Object.keys(recipe.tuning)) {
    if (known.includes(name)) continue;
    throw new InputError(
      `recipe ${recipe.name}, tuning: no layer "${name}" with weights`,
      didYouMean(name, known),
    );
  }
  const first = learningIn(1, recipe);
  if (known.every((name) => first.get(name)?.frozen)) {
    throw new InputError(
      `recipe ${recipe.name}, tuning: every layer is frozen, so nothing would be learnt`,
      'Leave one of them free; the output is the usual one.',
    );
  }
}

/** A network in two: what never changes while some layers are frozen, and what learns behind it. */
export interface FrozenSplit {
  readonly prefix: NetworkSpec;
  readonly head: NetworkSpec;
  /** Dropout layers of the prefix. */
  readonly dropouts: number;
}

/**
 * Cuts a network before the first layer that learns; undefined where no frozen layer stands before it.
 * A flattening at the cut belongs to the head, so that its weights lie in memory as in the whole.
 */
export function splitFrozen(spec: NetworkSpec, learning: LearningByLayer): FrozenSplit | undefined {
  const infos = layerTree(spec);
  const frozen = frozenPrefix(infos, learning);
  if (frozen === 0) return undefined;
  const last = infos.findLastIndex((info, i) => i < frozen && hasParameters(info));
  const flat = infos.findIndex(({ spec: { type } }, i) => i > last && type === 'flatten');
  const cut = flat >= 0 && flat < frozen ? flat : frozen;
  const named = infos.map(({ spec, name }, i): LayerSpec => {
    // Dropout between the cut and the first layer that learns is off, as in the rest of the frozen part.
    return { ...(i < frozen ? openDropout(spec) : spec), name };
  });
  const dropouts = flatLayers(infos.slice(0, cut)).filter(({ spec }) => spec.type === 'dropout');
  return {
    prefix: network(spec.input, named.slice(0, cut)),
    head: network(infos[cut]!.input, named.slice(cut)),
    dropouts: dropouts.length,
  };
}

const hasParameters = (info: LayerInfo): boolean =>
  flatLayers([info]).some(({ parameters }) => parameters.length > 0);
