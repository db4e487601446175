/** Numbers `first + index` of an array and those every `stride` further on, `count` in all, for each index below `size`. */
export interface PartSum {
  first: number;
  stride: number;
  count: number;
  size: number;
}

/** Numbers that no command computes yet. */
export interface PutOff {
  /** Has them computed. */
  compute(): void;
  /** The sum that they are, and the array with its parts: see later-sums.ts. */
  sum?: PartSum & { parts: PlannedBuffer };
}

/**
 * A buffer of a recorded step before it has memory: stands for a GPU buffer among tfjs's tensors while a step is recorded, and afterwards for the
 * place it was given.
 */
export class PlannedBuffer {
  /** The GPU's, once memory is planned. */
  buffer: object | undefined;
  offset = 0;
  /** Numbers that the host wrote while recording: the same in every replay. */
  data: ArrayBuffer | undefined;
  /** An input, which each replay writes. */
  given = false;
  /** A part of another one, from this byte on. */
  within: { whole: PlannedBuffer; offset: number } | undefined;
  /** Keeps its memory to itself, zeros at first, so that bytes which no command writes stay zero. */
  exclusive = false;
  putOff: PutOff | undefined;
  /** Commands that read or write it so far. */
  uses = 0;
  /** As of a GPU buffer that was mapped when it was created, so that tfjs writes to it directly. */
  readonly mapState = 'mapped';

  /** Its place among its recording's buffers, from 0, and its length in bytes. */
  constructor(readonly index: number, readonly size: number) {}

  getMappedRange(): ArrayBuffer {
    return (this.data ??= new ArrayBuffer(this.size));
  }

  unmap(): void {}
}
