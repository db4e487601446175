/** Counts what is running, over all kinds. */
export class Slots {
  #free: number;
  readonly #size: number;
  #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#free = size;
  }

  /** Resolves when a slot may be free; others may take it first. */
  whenFree(): Promise<void> {
    return this.#free > 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes a slot, or returns false. */
  take(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  release(): void {
    this.#free += 1;
    this.wake();
  }

  /** Resolves when nothing is running. */
  async whenIdle(): Promise<void> {
    while (this.#free < this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Wakes all waiters to check again. */
  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
