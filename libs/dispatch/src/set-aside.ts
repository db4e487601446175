import { blameOf } from '@elucidate/experiment/blame';
import type { ElucidateError, ErrorCode } from '@elucidate/experiment/errors';
import type { StageKind } from '@elucidate/experiment/stages';
import type { WorkerProblem } from '@elucidate/store/entities/worker';
import type { Need } from './lacking.js';

/** Codes that concern the worker's folders or processes, and with them every kind of stage; any other concerns the kind that met it. */
const concernsAll: ReadonlySet<ErrorCode> = new Set(['disk.full', 'folder.unusable', 'artifact.unshared', 'process.unstartable', 'engine.absent']);
/** Codes that a check of the environment finds as well, without running a stage. */
const isChecked: ReadonlySet<ErrorCode> = new Set(['disk.full', 'folder.unusable', 'artifact.unshared', 'database.unreachable']);

export interface SetAsideOptions {
  kinds: readonly StageKind[];
  /** Rejects with an ElucidateError while something is wrong with the folders. */
  check(): Promise<void>;
  /** Called after each change. */
  changed(): void;
  log(line: string): void;
  /** Time until the first new try; doubles with each one in vain, up to a minute. */
  retryMs?: number;
}

interface Entry {
  problem: WorkerProblem;
  /** Tries in vain, this time and shortly before. */
  times: number;
  /** When to look again, by performance.now(). */
  until: number;
}

export interface Concerned {
  /** The kind of stage that met the error. */
  kind?: StageKind;
  /** What the worker lacks. */
  need?: Need;
  /** The worker goes on taking all kinds. */
  keepTaking?: boolean;
}

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

const maxRetryMs = 60_000;
/** How long what a program lacks is remembered after the worker has met it last. */
const rememberedMs = 3_600_000;
/** A problem that comes back within this time is the same one. */
const sameWithinMs = 600_000;

/** What is wrong with one worker's environment, and which kinds of stage it does not take meanwhile. */
export class SetAside {
  readonly #entries = new Map<string, Entry>();
  /** Problems that went away, and when. */
  readonly #past = new Map<string, { times: number; at: number }>();

  constructor(private readonly options: SetAsideOptions) {}

  get problems(): WorkerProblem[] {
    return Array.from(this.#entries.values(), ({ problem }) => problem);
  }

  /** The kinds that the worker takes now. */
  get taken(): StageKind[] {
    return this.options.kinds.filter((kind) => !this.problems.some(({ kinds }) => kinds.includes(kind)));
  }

  /** Whether it takes nothing at all. */
  get idle(): boolean {
    return this.taken.length === 0;
  }

  /** Sets the worker aside for the kinds that an error of its environment concerns; for none with `keepTaking`. Returns the time until it tries again, in ms. */
  add({ code, message }: Pick<ElucidateError, 'code' | 'message'>, { kind, need, keepTaking = false }: Concerned = {}): number {
    const kinds = concernsAll.has(code) || kind === undefined ? [...this.options.kinds] : [kind];
    const key = JSON.stringify([code, kinds, need]);
    const before = this.#entries.get(key) ?? this.#recently(key);
    const times = (before?.times ?? 0) + 1;
    const since = this.#entries.get(key)?.problem.since ?? new Date().toISOString();
    const delayMs = this.#delayMs(times);
    this.#entries.set(key, { problem: { kinds: keepTaking ? [] : kinds, code, message, since, until: inMs(delayMs), ...(need && { [need.name]: need.value }) }, times, until: performance.now() + delayMs });
    this.options.log(keepTaking ? `lacks ${need?.name === 'program' ? 'what a program needs' : 'a data set'}: ${message}` : `set aside for ${kinds.length === this.options.kinds.length ? 'all stages' : kinds.join(', ')}: ${message}`);
    this.options.changed();
    return delayMs;
  }

  /** Tries again what is due: takes the kinds once more if nothing speaks against it. While the database does not answer, nobody can tell, and all stays as it is. */
  async look(): Promise<void> {
    for (const [key, entry] of this.#entries) {
      if (entry.until > performance.now()) continue;
      const still = isChecked.has(entry.problem.code) ? await this.options.check().then(() => undefined, (error: ElucidateError) => error) : undefined;
      // released, proved or met again while it was checked
      if (this.#entries.get(key) !== entry) continue;
      if (still === undefined && entry.problem.program !== undefined && entry.problem.until !== undefined) this.#takeButRemember(key, entry);
      else if (still === undefined) this.#forget(key, entry);
      else if (blameOf[still.code] === 'infrastructure') this.#entries.set(key, { ...entry, until: performance.now() + this.#delayMs(1) });
      else this.#prolong(key, entry, still);
    }
  }

  /** Takes these kinds again at once, whatever was wrong; if it still is, the next stage shows it. */
  release(kinds: readonly StageKind[]): void {
    for (const [key, entry] of this.#entries) {
      if (entry.problem.kinds.length === 0 || entry.problem.kinds.some((kind) => kinds.includes(kind))) this.#forget(key, entry, false);
    }
  }

  /** A stage of this program was done here: the worker has what it needs. */
  proved(program: string): void {
    for (const [key, entry] of this.#entries) if (entry.problem.program === program) this.#forget(key, entry, false);
  }

  /** That a program's needs are missing is remembered: one that no worker can run must not set one after another aside for ever. */
  #takeButRemember(key: string, { problem: { kinds, ...known }, times }: Entry): void {
    const problem: WorkerProblem = { ...known, kinds: [] };
    delete problem.until;
    this.#entries.set(key, { problem, times, until: performance.now() + rememberedMs });
    if (kinds.length > 0) this.options.log(`takes ${kinds.join(', ')} again`);
    this.options.changed();
  }

  #forget(key: string, { problem: { kinds }, times }: Entry, remember = true): void {
    this.#entries.delete(key);
    if (remember) this.#past.set(key, { times, at: performance.now() });
    if (kinds.length > 0) this.options.log(`takes ${kinds.length === this.options.kinds.length ? 'stages' : kinds.join(', ')} again`);
    this.options.changed();
  }

  #prolong(key: string, entry: Entry, { code, message }: ElucidateError): void {
    const times = entry.times + 1;
    const delayMs = this.#delayMs(times);
    this.#entries.set(key, { problem: { ...entry.problem, code, message, until: inMs(delayMs) }, times, until: performance.now() + delayMs });
    this.options.changed();
  }

  #delayMs(times: number): number {
    return Math.min(maxRetryMs, (this.options.retryMs ?? 2000) * 2 ** (times - 1));
  }

  #recently(key: string): { times: number } | undefined {
    const past = this.#past.get(key);
    return past !== undefined && performance.now() - past.at < sameWithinMs ? past : undefined;
  }
}
