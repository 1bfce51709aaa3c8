/** Sizes that the kernels of augmentation share with the host. Compiled twice, like the opcodes. */

/** Cells of the grid that bends a picture, across and down (`assembly/elastic.ts`). */
export const CELLS = 4;

/** What a thread needs for itself while it gathers rows, in bytes. */
export const GATHER_SCRATCH = 2304;

/** Most boxes that are cut out of a picture. */
export const MOST_BOXES = 4;
