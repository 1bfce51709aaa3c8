import type { Split } from '../data/split.ts';
import type { EngineBuild } from '../engine/build.ts';

/** What a model is, for who gets it from somebody else. */
export interface ModelCard {
  /** In which way others may use it, as who trained it says. */
  readonly licence: string;
  /** Anything else that a person wants to say. */
  readonly notes?: string | undefined;
  /** How it came about; unknown for weights that were imported. */
  readonly provenance?: Provenance | undefined;
}

/** What a model was trained on, how, and how good it is. Neither date nor machine: they change no bit. */
export interface Provenance {
  readonly data: {
    /** File name of the table, without its folder. */
    readonly name: string;
    readonly rows: number;
    /** CRC-32 of all pictures of the table. */
    readonly imagesCrc32: number;
    /** Where labels of the table were corrected before it was learnt from. */
    readonly corrections?: LabelCorrections | undefined;
  };
  readonly split: {
    readonly type: Split['type'];
    /** Share of the rows for validation, as the recipe asks for it. */
    readonly fraction: number;
    /** Rows that were trained and validated on. */
    readonly train: number;
    readonly valid: number;
  };
  readonly recipe: { readonly name: string; readonly about: string };
  /** The models that had a say in the labels: the recipe and the CRC-32 of the file of each. */
  readonly teachers?: readonly { readonly recipe: string; readonly crc32: number }[] | undefined;
  readonly seed: number;
  /** Epochs that were trained, and the one whose weights the model has. */
  readonly epochs: number;
  readonly epoch: number;
  readonly build: EngineBuild;
  /** Version of this package. */
  readonly fiducial: string;
  /** `null`: not measured, as there were no rows to validate on or training still went on. */
  readonly errors: CardErrors | null;
}

/** What was corrected in the labels of a table. */
export interface LabelCorrections {
  /** How many lines the file of corrections has. */
  readonly count: number;
  /** CRC-32 of its text in UTF-8. */
  readonly crc32: number;
}

/** How far a model is off on the validation rows. */
export interface CardErrors extends CardError {
  readonly points: readonly (CardError & { readonly name: string })[];
  /** Mean distance as a share of that between two points of the face, over the rows that have both. */
  readonly normalised?:
    | { readonly mean: number; readonly rows: number; readonly by: readonly [string, string] }
    | undefined;
  /** Of rows with less than half of the labels, and of the others, where there are both. */
  readonly fewLabels?: RowsCardError | undefined;
  readonly manyLabels?: RowsCardError | undefined;
}

/** Root mean squared error in pixels of some of the rows. */
export interface RowsCardError {
  readonly rows: number;
  readonly rmse: number;
  /** Coordinates that have a label. */
  readonly labels: number;
}

/** Root mean squared errors in pixels; `null` without any label. */
export interface CardError {
  readonly rmse: number | null;
  /** Of the guess that needs no network: every keypoint at its mean over the training rows. */
  readonly meanFace: number | null;
  /** Coordinates that have a label. */
  readonly labels: number;
}

/** The licence where nobody has named one. */
const NOT_GIVEN = 'not given';

/**
 * A card with what a person says; what they do not say stays as it was.
 *
 * @param card of a model, or what is known of it; `undefined` where it has none
 * @param said `licence` (default: the card's, or "not given") and `notes` (default: the card's)
 * @example
 * encodeModel({ ...model, card: cardWith(model.card, { licence: 'CC BY 4.0' }) });
 */
export const cardWith = (
  card: Partial<ModelCard> | undefined,
  said: { readonly licence?: string | undefined; readonly notes?: string | undefined },
): ModelCard => ({
  licence: said.licence ?? card?.licence ?? NOT_GIVEN,
  notes: said.notes ?? card?.notes,
  provenance: card?.provenance,
});
