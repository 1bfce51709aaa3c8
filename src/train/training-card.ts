import { validationShare } from '../data/split.ts';
import {
  type CardErrors,
  cardWith,
  type LabelCorrections,
  type ModelCard,
  type Provenance,
} from '../model/card.ts';
import type { Training } from './training.ts';

/** What a training does not know of itself. */
export interface CardFacts {
  /** Name of the table. */
  readonly data: string;
  /** What was corrected in its labels. */
  readonly corrections?: LabelCorrections | undefined;
  /** Version of this package. */
  readonly fiducial: string;
  readonly teachers?: Provenance['teachers'];
  readonly licence?: string | undefined;
  readonly notes?: string | undefined;
}

/**
 * The card of the model that a training has come to.
 *
 * @param errors on the validation rows; `null`: not measured
 * @throws TypeError before the first epoch has ended, when there is no model
 */
export function trainingCard(
  training: Training,
  { data: name, corrections, fiducial, teachers, licence, notes }: CardFacts,
  errors: CardErrors | null,
): ModelCard {
  const { recipe, data, fingerprint, build, epochsDone, bestRecord } = training;
  const { train, valid } = data.split;
  const provenance = {
    data: {
      name,
      rows: data.table.rows,
      imagesCrc32: fingerprint.images,
      ...(corrections && {
        corrections: { count: corrections.count, crc32: corrections.crc32 },
      }),
    },
    split: {
      type: recipe.split.type,
      fraction: validationShare(recipe.split),
      train: train.length,
      valid: valid.length,
    },
    recipe: { name: recipe.name, about: recipe.about },
    teachers: teachers?.map(({ recipe, crc32 }) => ({ recipe, crc32 })),
    seed: recipe.seed,
    epochs: epochsDone,
    epoch: recipe.keep === 'last' ? epochsDone : bestRecord!.epoch,
    build,
    fiducial,
    errors,
  };
  return cardWith({ provenance }, { licence, notes });
}
