/** When a run went on after it had been ended or killed. */
export interface Resumption {
  readonly date: string;
  /** Epochs that were finished. */
  readonly epoch: number;
  readonly threads: number;
  /** What was typed. */
  readonly command: string;
}

/** The model's error on the very rows that it has learnt from, without dropout and augmentation. */
export interface RemeasuredTraining {
  /** Mean squared error of scaled coordinates. */
  readonly loss: number;
  /** In pixels. */
  readonly rmse: number;
}

/** A model from which a run has learnt besides its table. */
export interface TeacherFacts {
  /** Its run's folder or its file. */
  readonly path: string;
  /** Name of its recipe. */
  readonly recipe: string;
  /** Of its file. */
  readonly crc32: number;
}

/** The corrections of the table's labels that a run has learnt with. */
export interface CorrectionsFacts {
  /** The file as it was typed. */
  readonly name: string;
  /** How many lines it has. */
  readonly count: number;
  /** CRC-32 of its text in UTF-8. */
  readonly crc32: number;
}

/** Where and on what a run was made; `recipe.json` beside it says how. */
export interface RunFacts {
  readonly fiducial: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly build: string;
  readonly threads: number;
  readonly data: string;
  readonly rows: number;
  /** CRC-32 of all pictures: whether a table is the one that was trained on. */
  readonly imagesCrc32: number;
  /** CRC-32 of the numbers of the rows that were trained and validated on. */
  readonly splitCrc32?: number | undefined;
  /** Where labels were corrected; the file itself is kept in the run's folder. */
  readonly corrections?: CorrectionsFacts | undefined;
  readonly started: string;
  /** What was typed. */
  readonly command?: string | undefined;
  readonly trainRows?: number | undefined;
  readonly validRows?: number | undefined;
  readonly teachers?: readonly TeacherFacts[] | undefined;
  readonly resumed?: readonly Resumption[] | undefined;
  /** Why it ended before its last epoch. */
  readonly stopped?: string | undefined;
  /** What the person has said, for the model's card. */
  readonly licence?: string | undefined;
  readonly notes?: string | undefined;
  /** Where the history's training losses were measured with dropout or augmentation. */
  readonly remeasured?: RemeasuredTraining | undefined;
}
