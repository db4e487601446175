import { cutLine } from '@elucidate/experiment/text-limits';

/** Characters of the beginning, and of the end, that are kept. */
const usualLimit = 512 * 1024;

/** A log of any length in bounded memory: its beginning and its end, with the number of characters left out in between. */
export class BoundedLog {
  readonly #head: string[] = [];
  #headLength = 0;
  #tail: string[] = [];
  #tailLength = 0;
  /** Lines at the beginning of #tail that have been left out already. */
  #gone = 0;
  #leftOut = 0;

  constructor(private readonly limit = usualLimit) {}

  get empty(): boolean {
    return this.#head.length === 0 && this.#tail.length === 0;
  }

  /** Characters kept. */
  get length(): number {
    return this.#headLength + this.#tailLength;
  }

  /** Adds one line; of a very long one only the beginning. */
  push(line: string): void {
    const kept = cutLine(line);
    const length = kept.length + 1;
    if (this.#leftOut === 0 && this.#tailLength === 0 && this.#headLength + length <= this.limit) {
      this.#head.push(kept);
      this.#headLength += length;
      return;
    }
    this.#tail.push(kept);
    this.#tailLength += length;
    while (this.#tailLength > this.limit) this.#drop();
  }

  text(): string {
    const gap = this.#leftOut > 0 ? [`[... ${this.#leftOut} characters left out ...]`] : [];
    return `${[...this.#head, ...gap, ...this.#tail.slice(this.#gone)].join('\n')}\n`;
  }

  #drop(): void {
    const length = this.#tail[this.#gone]!.length + 1;
    this.#tail[this.#gone] = '';
    this.#gone += 1;
    this.#tailLength -= length;
    this.#leftOut += length;
    if (this.#gone > 1000 && this.#gone > this.#tail.length / 2) {
      this.#tail = this.#tail.slice(this.#gone);
      this.#gone = 0;
    }
  }
}
