/**
 * What failures of one kind point to:
 * - `cell`: what was to be computed; it failed on several workers, and on none did it succeed
 * - `node`: one machine or worker; it failed there and succeeded elsewhere
 * - `code`: one version of the code; it failed everywhere under that version and succeeded under another
 * - `undecided`: nothing yet tells them apart
 */
export type GroupBlame = 'cell' | 'node' | 'code' | 'undecided';

/** Where an attempt ran. */
export interface Whereabouts {
  workerId: string;
  /** null: nothing is known of the worker any more. */
  host: string | null;
  version: string | null;
}

export interface Evidence {
  /** The error's code. */
  code: string;
  /** Where the attempts of the group failed. */
  failed: readonly Whereabouts[];
  /** Where stages of the group are done by now. */
  retried: readonly Whereabouts[];
  /** Where other stages of the same kinds are done. */
  others: readonly Whereabouts[];
  /** Whether some of the stages have failed for good; else all that are not done are to be tried again. */
  permanent: boolean;
  /** Whether none of the stages is left to be done. */
  over: boolean;
}

export interface Blamed {
  blame: GroupBlame;
  /** The evidence in words. */
  because: string;
  remedy: string;
}

/** What to do next; the message of an error says more of the error itself. */
const remedyOf: Readonly<Record<GroupBlame, string>> = {
  cell: 'change or exclude these cells, or correct the code, then `elucidate retry`',
  node: 'look at that machine (`elucidate workers`), stop its worker until it is in order, then `elucidate retry`',
  code: 'run workers of the other version, then `elucidate retry`',
  undecided: 'read the log (`elucidate logs`), and `elucidate retry` with another worker to tell',
};

/** Errors that say of themselves what they point to, unless the places where they were met tell more. */
const saidBy: Readonly<Record<string, { blame: GroupBlame; because: string; remedy: string }>> = {
  'stage.diverged': { blame: 'cell', because: 'a training run depends on the cell and its seed alone, so it diverges everywhere', remedy: 'change or exclude these cells (a smaller learning rate, another weight or normalisation)' },
  'stage.lease_expired': {
    blame: 'undecided', because: 'a worker was stopped, frozen, starved or cut off, or the machine slept, whatever the stage did',
    remedy: 'look at `elucidate workers`, and at the memory and load of these machines, then `elucidate retry`',
  },
};

/** What a group of failures points to, and what to do about it. */
export function blameFor(evidence: Evidence): Blamed {
  const { code, retried, others, over } = evidence;
  const said = retried.length > 0 ? undefined : saidBy[code];
  // what others like it did says nothing about what depends on the cell alone
  const told = placeFor({ ...evidence, others: said?.blame === 'cell' ? [] : others });
  const isPlace = told.blame === 'node' || told.blame === 'code';
  const { blame, because, remedy } = said === undefined || isPlace ? { ...told, remedy: remedyOf[told.blame] } : { ...said, because: `${told.because}; ${said.because}` };
  return { blame, because, remedy: over ? 'none is needed: all of them are done since' : remedy };
}

/** What the places where attempts failed and succeeded point to. Machines are compared where there are several, else workers. */
function placeFor({ failed, retried, others, permanent }: Evidence): Omit<Blamed, 'remedy'> {
  const succeeded = retried.length > 0 ? retried : others;
  const known = [...failed, ...succeeded];
  const machines = distinct(known.map(({ host }) => host)).length > 1;
  const placeOf = ({ host, workerId }: Whereabouts): string => (machines ? host ?? workerId : workerId);
  const versionOf = ({ version }: Whereabouts): string | null => version;
  const [places, goodPlaces] = [distinct(failed.map(placeOf)), distinct(succeeded.map(placeOf))];
  const [version, place] = [onlyThere(failed, succeeded, versionOf), onlyThere(failed, succeeded, placeOf)];
  const sameMachine = succeeded.some(({ host }) => host !== null && failed.some((where) => where.host === host));
  const whatSucceeded = retried.length > 0 ? 'they are done' : 'others like them are done';
  // one machine that alone has a version: the machine, unless it did the work under another one
  if (version !== null && (places.length > 1 || sameMachine)) {
    return { blame: 'code', because: `failed under version ${version} on ${list(places)}; ${whatSucceeded} under ${list(distinct(succeeded.map(versionOf)))}` };
  }
  if (place !== null) return { blame: 'node', because: `failed on ${place} only; ${whatSucceeded} on ${list(goodPlaces)}` };
  if (places.length > 1 && retried.length === 0 && permanent) return { blame: 'cell', because: `failed on ${list(places)}, done on none` };
  if (places.length > 1) return { blame: 'undecided', because: `failed on ${list(places)}; ${retried.length > 0 ? `some are done since on ${list(goodPlaces)}` : 'they are to be tried again'}` };
  return { blame: 'undecided', because: `only ${places[0] ?? 'nobody'} has tried them` };
}

/** The one value that all failures have and no success has, if there were successes. */
function onlyThere(failed: readonly Whereabouts[], succeeded: readonly Whereabouts[], valueOf: (where: Whereabouts) => string | null): string | null {
  const [value = null, ...more] = distinct(failed.map(valueOf));
  if (value === null || more.length > 0 || failed.some((where) => valueOf(where) === null)) return null;
  return succeeded.length > 0 && succeeded.every((where) => ![null, value].includes(valueOf(where))) ? value : null;
}

const distinct = (values: readonly (string | null)[]): string[] => [...new Set(values.filter((value) => value !== null))].sort();

const named = 3;
const list = (values: readonly string[]): string => `${values.slice(0, named).join(', ')}${values.length > named ? ` and ${values.length - named} more` : ''}`;
