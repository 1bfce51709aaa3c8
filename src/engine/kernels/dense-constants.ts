/** Sizes that the kernels of dense layers share with their planner. Compiled twice, like the opcodes. */

/** Columns of a strip, what one weighted sum takes (`assembly/dense-strips.ts`). */
export const STRIP = 48;

/** Most places of a chunk of lists (`assembly/gradient-lists.ts`). */
export const CHUNK = 144;

/** Outputs whose weights move together, while their gradients are at hand. */
export const GROUP = 16;
