import { ElucidateError } from '@elucidate/experiment/errors';
import { programsIn } from '@elucidate/experiment/programs-in';
import { mayRunPrograms } from '@elucidate/store/access';
import type { Principal } from '@elucidate/store/principal';
import { isProgramGone, unknownPrograms } from '@elucidate/store/queries/programs';
import type { Store } from '@elucidate/store/store';

/** Throws 'request.forbidden' unless the principal may have workers run programs, with what would allow it. */
export function requirePrograms(principal: Principal): void {
  if (mayRunPrograms(principal)) return;
  throw new ElucidateError('request.forbidden', principal.programs === false
    ? 'This API runs no programs for requests without a key, since a program may do on a worker whatever its user may. Start it with --programs (ELUCIDATE_PROGRAMS=1) if everybody who reaches it may, or use a key of scope programs'
    : `The key of ${principal.id} has the scope ${principal.scope}; a network that is a program needs programs: it may do on a worker whatever its user may. \`elucidate key create --owner ${principal.id} --scope programs\` makes one`);
}

/** Throws 'request.forbidden' for a sweep with programs by somebody who may not run any, 'request.invalid' for programs that nobody has added. `spec`: JSON. */
export async function requireAllowedPrograms({ db }: Pick<Store, 'db'>, spec: string, principal: Principal): Promise<void> {
  const programs = programsNamed(spec);
  if (programs.length === 0) return;
  requirePrograms(principal);
  const [unknown] = await unknownPrograms(db, programs);
  if (unknown !== undefined) throw notAdded(unknown);
}

/** What `write` returns, which writes a sweep whose programs were there. Throws 'request.invalid' where one of them was removed at that moment. */
export async function writingPrograms<T>({ db }: Pick<Store, 'db'>, spec: string, write: () => Promise<T>): Promise<T> {
  return write().catch(async (error: unknown) => {
    if (!isProgramGone(error)) throw error;
    const programs = programsNamed(spec);
    throw notAdded((await unknownPrograms(db, programs))[0] ?? programs.join(', '));
  });
}

const programsNamed = (spec: string): string[] => (spec.includes('"program"') ? programsIn(JSON.parse(spec)) : []);

const notAdded = (program: string): ElucidateError =>
  new ElucidateError('request.invalid', `Nobody has added the program ${program} here; add its folder with \`elucidate program add FOLDER\`, with --api where the sweep goes to one, and write the line that it prints`);
