/** Bytes of a line, of the beginning and of the end that are kept. */
const [lineBytes, headBytes, tailBytes] = [8192, 512 * 1024, 512 * 1024];

/** A log of any length in bounded memory: its beginning and its end, with the number of bytes left out in between. */
export class BoundedLog {
  readonly #head: string[] = [];
  #headBytes = 0;
  #tail: string[] = [];
  #tailBytes = 0;
  /** Lines at the beginning of #tail that have been left out already. */
  #gone = 0;
  #leftOut = 0;

  /** Adds one line; of a very long one only the beginning. */
  push(line: string): void {
    const kept = cutLine(line);
    const bytes = Buffer.byteLength(kept) + 1;
    if (this.#leftOut === 0 && this.#tailBytes === 0 && this.#headBytes + bytes <= headBytes) {
      this.#head.push(kept);
      this.#headBytes += bytes;
      return;
    }
    this.#tail.push(kept);
    this.#tailBytes += bytes;
    while (this.#tailBytes > tailBytes) this.#drop();
  }

  text(): string {
    const gap = this.#leftOut > 0 ? [`[... ${this.#leftOut} bytes left out ...]`] : [];
    return `${[...this.#head, ...gap, ...this.#tail.slice(this.#gone)].join('\n')}\n`;
  }

  #drop(): void {
    const bytes = Buffer.byteLength(this.#tail[this.#gone]!) + 1;
    this.#tail[this.#gone] = '';
    this.#gone += 1;
    this.#tailBytes -= bytes;
    this.#leftOut += bytes;
    if (this.#gone > 1000 && this.#gone > this.#tail.length / 2) {
      this.#tail = this.#tail.slice(this.#gone);
      this.#gone = 0;
    }
  }
}

/** A line without what exceeds the limit. The copy does not keep the long original in memory, as a slice would. */
export function cutLine(line: string): string {
  if (line.length <= lineBytes) return line;
  return `${Buffer.from(line.slice(0, lineBytes)).toString()} [... ${line.length - lineBytes} characters left out ...]`;
}
