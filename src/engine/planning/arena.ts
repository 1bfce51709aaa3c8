import type { Op } from '../kernels/opcodes.ts';
import { alignUp } from '../layout.ts';

/** Rows of maps in the engine's memory; `MapLayout` of the kernels. */
export interface MapBuffer {
  /** Address of the kernels' own record of this layout. */
  readonly record: number;
  /** First value inside the padding. */
  readonly data: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly rowBytes: number;
  readonly imageBytes: number;
  /** First byte of the first image, padding included. */
  readonly origin: number;
  /** Padding on every side, in pixels; it stays zero. */
  readonly padding: number;
}

export type MapBufferShape = Pick<MapBuffer, 'height' | 'width' | 'channels' | 'padding'>;

/** One operation of a program: what, where its arguments stand, and a name for people. */
export interface Instruction {
  readonly op: Op;
  readonly address: number;
  readonly label: string;
  /** Multiply-adds of one row done the direct way, for benchmarks. */
  readonly multiplyAdds: number;
  /** Bytes of one row that pass, where memory and not arithmetic is what takes time; for benchmarks. */
  readonly traffic?: Traffic;
}

export interface Traffic {
  readonly read: number;
  readonly written: number;
}

/** A number that is written as float32 instead of int32. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/**
 * Lays out everything that a plan needs in one stretch of memory: buffers, which stay zero, and
 * records, which are written before the first step. Addresses are final from the start.
 */
export class Arena {
  readonly records: { readonly address: number; readonly words: Int32Array }[] = [];
  private top: number;

  /** @param base address of the first byte */
  constructor(base: number) {
    this.top = base;
  }

  /** Address behind the last byte. */
  get end(): number {
    return this.top;
  }

  /** Space for `bytes` on a cache line of its own; a vector may be read across its end. */
  reserve(bytes: number): number {
    const address = this.top;
    this.top = alignUp(address + bytes + 64);
    return address;
  }

  /** A record of 32-bit words in the order in which the kernels' class declares its fields. */
  record(...values: readonly (number | Float)[]): number {
    const view = new DataView(new ArrayBuffer(values.length * 4));
    values.forEach((value, i) => {
      if (value instanceof Float) view.setFloat32(i * 4, value.value, true);
      else view.setInt32(i * 4, value, true);
    });
    const address = this.reserve(values.length * 4);
    this.records.push({ address, words: new Int32Array(view.buffer) });
    return address;
  }

  /** A buffer of maps for `rows` rows; images begin at multiples of four floats. */
  maps(shape: MapBufferShape, rows: number): MapBuffer {
    const { height, width, channels, padding } = shape;
    const rowBytes = (width + 2 * padding) * channels * 4;
    const imageBytes = Math.ceil(((height + 2 * padding) * rowBytes) / 16) * 16;
    const origin = this.reserve(imageBytes * rows);
    const data = origin + padding * (rowBytes + channels * 4);
    const record = this.record(data, height, width, channels, rowBytes, imageBytes, origin);
    return { ...shape, record, data, rowBytes, imageBytes, origin };
  }
}
