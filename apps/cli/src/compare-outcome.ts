import type { Metric } from '@elucidate/experiment/execution';
import type { ProvenanceStage } from '@elucidate/store/queries/provenance';

/** A file of a stage, as it is stored and as it was made again: their sha256, null where there is none. */
export interface ComparedFile {
  name: string;
  stored: string | null;
  again: string | null;
  agrees: boolean;
}

/** A number of a stage, as it is stored and as it was computed again; null: not a number, as of a run that diverged. */
export interface ComparedNumber {
  name: string;
  stored: number | null;
  again: number | null;
  /** |again - stored| / |stored|; null where one of them is no number or stored is 0, and they differ. */
  relative: number | null;
  /** Within the tolerance. */
  agrees: boolean;
}

/** A stage that was computed again beside what is stored of it. */
export interface ComparedStage {
  stageId: string;
  kind: ProvenanceStage['kind'];
  /** Engine and threads that made what is stored, where it is known, and those of now. */
  engines: { stored: string | null; again: string };
  files: ComparedFile[];
  numbers: ComparedNumber[];
}

/** Numbers that say how fast something was, which no two runs agree on. */
const timed: ReadonlySet<string> = new Set(['images_per_second']);

/** What was made again of a stage. */
export interface Again {
  engine: string;
  /** Name of the output -> sha256. */
  files: Readonly<Record<string, string>>;
  metrics: readonly Metric[];
}

const finite = (value: number | null | undefined): number | null => (value !== null && value !== undefined && Number.isFinite(value) ? value : null);

function numberOf(name: string, { stored, again }: { stored: number | null; again: number | null }, tolerance: number): ComparedNumber {
  if (stored === again) return { name, stored, again, relative: 0, agrees: true };
  const relative = stored === null || again === null || stored === 0 ? null : Math.abs(again - stored) / Math.abs(stored);
  return { name, stored, again, relative, agrees: relative !== null && relative <= tolerance };
}

const namesOf = (...lists: (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

/** Compares what was made again of a stage with what is stored: files byte by byte, numbers up to a relative difference. A file or a number that only one of them has does not agree. */
export function compareOutcome(stored: ProvenanceStage, again: Again, tolerance = 0): ComparedStage {
  const hashes = new Map(stored.outputs.map(({ name, hash }) => [name, hash]));
  const numbers = [new Map(stored.metrics.map(({ name, value }) => [name, finite(value)])), new Map(again.metrics.map(({ name, value }) => [name, finite(value)]))] as const;
  const files = namesOf([...hashes.keys()], Object.keys(again.files)).map((name): ComparedFile => {
    const [before, now] = [hashes.get(name) ?? null, again.files[name] ?? null];
    return { name, stored: before, again: now, agrees: before === now };
  });
  return {
    stageId: stored.id, kind: stored.kind, files,
    engines: { stored: stored.provenance === null ? null : `${stored.provenance.engine}, threads ${stored.provenance.threads}`, again: again.engine },
    numbers: namesOf(...numbers.map((some) => [...some.keys()])).filter((name) => !timed.has(name)).map((name) => {
      const compared = numberOf(name, { stored: numbers[0].get(name) ?? null, again: numbers[1].get(name) ?? null }, tolerance);
      return numbers.every((some) => some.has(name)) ? compared : { ...compared, relative: null, agrees: false };
    }),
  };
}

/** Whether everything agrees; with a tolerance, files may differ where all numbers agree. */
export const agrees = (stages: readonly ComparedStage[], tolerance = 0): boolean =>
  stages.every(({ files, numbers }) => numbers.every((number) => number.agrees) && (tolerance > 0 || files.every((file) => file.agrees)));
