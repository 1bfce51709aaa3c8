import { counted } from '../../counted.ts';
import type { PictureRecord } from './records.ts';

/** Counts what becomes of pictures. */
export class Tally {
  pictures = 0;
  faces = 0;
  /** Pictures in which there is a face. */
  withFaces = 0;
  /** Pictures that could not be used. */
  faults = 0;

  add(record: PictureRecord): void {
    this.pictures++;
    if ('fault' in record) this.faults++;
    else if (record.faces.length > 0) {
      this.withFaces++;
      this.faces += record.faces.length;
    }
  }

  /** Passes records on and counts them. */
  async *counting(records: AsyncIterable<PictureRecord>): AsyncGenerator<PictureRecord> {
    for await (const record of records) {
      this.add(record);
      yield record;
    }
  }

  /** What was found, in words. */
  get found(): string {
    const without = this.pictures - this.withFaces - this.faults;
    const found = `${counted(this.faces, 'face')} in ${counted(this.withFaces, 'picture')}`;
    return without === 0 ? found : `${found}; no face in ${without.toLocaleString('en')}`;
  }
}
