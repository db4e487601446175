import { randomBytes } from 'node:crypto';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Spec } from '@elucidate/experiment/spec';
import { specChanges, type SpecChange } from '@elucidate/experiment/spec-changes';
import type { Principal } from '@elucidate/store/principal';
import { getSpec } from '@elucidate/store/queries/sweep-spec';
import type { Store } from '@elucidate/store/store';
import { requireAllowedPrograms, writingPrograms } from './allowed-programs.js';
import { holdToBudget } from './budget.js';
import { planDraft } from './edit-draft.js';
import { enterStages, type PlannedRows } from './enter-stages.js';
import { lostStages, restartLost } from './lost-stages.js';
import type { Queue } from './queue.js';
import { settleSweep } from './settle-sweep.js';
import { jsonText, rows, run, transition } from './sql.js';
import { notReused, type PlannedSweep } from './submit.js';
import { sweepChanged } from './sweep-changed.js';
import { patienceMs } from './until-uncontested.js';

/** How a plan differs from the one that a sweep has. */
export interface PlanDifference {
  cells: { added: number; dropped: number; kept: number };
  /** Changed: of the same cell and seeds, but made by other stages. */
  trials: { added: number; dropped: number; changed: number; kept: number };
  /** Already done: of those added. Cancelled: of those dropped, what has not ended and no other running sweep has. */
  stages: { added: number; alreadyDone: number; dropped: number; cancelled: number; kept: number };
}

export interface EditOptions {
  sweepId: string;
  principal: Principal;
  /** The version that the edit was made for; null: whichever the sweep has. */
  version: number | null;
  /** Only find out what would change. */
  dryRun?: boolean;
  /** Of a sweep that does not run any more, or is being stopped: throws 'sweep.changed', instead of making it run again. */
  onlyRunning?: boolean;
}

export interface Edited {
  /** The sweep's version; of an edit that changes something, the new one. */
  version: number;
  /** What the sweep file changes. */
  changes: SpecChange[];
  difference: PlanDifference;
}

interface Answer {
  version: number;
  difference?: PlanDifference;
}

/**
 * Gives a sweep another plan: adds what it lacks, drops what the plan does not have, and keeps the rest as it is. Dropped stages that have not ended are
 * cancelled unless another running sweep has them; the results of those that are done stay, for a sweep that has them again. If there is anything to do the
 * sweep runs again, and what had failed is tried again. The edit is made whole, in one call, or not at all; if the process is cut off after that, the
 * reconciler goes on with it. Throws 'not_found', 'sweep.changed', and what `requireAllowedPrograms` throws.
 */
export async function editSweep(store: Store, queue: Queue, planned: PlannedSweep, options: EditOptions): Promise<Edited> {
  const { sweepId, version, dryRun = false } = options;
  await requireAllowedPrograms(store, planned.spec, options.principal);
  const before = await getSpec(store.db, sweepId);
  if (before === null) throw noSweep(sweepId);
  // an edit that is faster from here on is noticed when this one is made
  if (version !== null && version !== before.version) throw sweepChanged(sweepId, { seen: version, current: before.version });
  const spec = JSON.parse(planned.spec) as Partial<Spec>;
  requireLooks(before.spec, spec);
  const editId = randomBytes(6).toString('hex');
  try {
    await planDraft(store.db, { editId, keepsStages: !dryRun }, planned.chunks);
    const edited = answered(dryRun ? await foreseen(store, editId, options) : await writingPrograms(store, planned.spec, () => made(store, editId, planned, options)), options);
    if (!dryRun && edited.version !== before.version) await follow(store, queue, { sweepId, hasBudget: before.spec.budget !== undefined || spec.budget !== undefined });
    return { ...edited, changes: specChanges(before.spec, spec) };
  } finally {
    // of what is left by a process that was cut off the next edit disposes
    await run(store.db, `delete from edits where id = $1 or at < clock_timestamp() - interval '1 day'`, [editId]).catch(() => undefined);
  }
}

/** A file without the looks of a race would give seeds back that were given, and start cells again that were stopped. */
function requireLooks({ race: had }: Spec, { race }: Partial<Spec>): void {
  if (had === undefined || race === undefined || race.looks.length >= had.looks.length) return;
  throw new ElucidateError('request.invalid', `The sweep is in a race and has had ${had.looks.length} looks that this file does not have; edit the file that GET /v1/sweeps/{id}/spec gives, extend the sweep, or leave out \`race\`, which gives every cell all seeds`);
}

const noSweep = (sweepId: string): ElucidateError => new ElucidateError('not_found', `There is no sweep ${JSON.stringify(sweepId)}`);

function answered(answer: Answer | null, { sweepId, version }: EditOptions): Required<Answer> {
  if (answer === null) throw noSweep(sweepId);
  const { difference } = answer;
  if (difference === undefined) throw sweepChanged(sweepId, { seen: version ?? 0, current: answer.version });
  return { version: answer.version, difference };
}

async function foreseen({ db }: Store, editId: string, { sweepId, version }: EditOptions): Promise<Answer | null> {
  const [found] = await rows<Answer>(db, `
    select version, case when version = coalesce($3, version) then plan_difference($1, $2) end as difference from sweeps where id = $1`, [sweepId, editId, version]);
  return found === undefined ? null : { version: found.version, ...(found.difference != null && { difference: found.difference }) };
}

/** Stages of the edit were deleted, with another sweep, after they were written. */
const stagesDeleted = (error: unknown): boolean => (error as { code?: string } | undefined)?.code === 'EL001';

async function made({ db }: Store, editId: string, { name, spec }: PlannedSweep, { sweepId, version, principal, onlyRunning = false }: EditOptions): Promise<Answer | null> {
  const document = JSON.parse(spec) as { parameters?: object };
  const change = jsonText({ version, name, spec: document, order: Object.keys(document.parameters ?? {}), principal: principal.id, ...(onlyRunning && { onlyRunning }) });
  for (const deadline = performance.now() + patienceMs; ;) {
    try {
      const [answer] = await transition<{ answer: Answer | null }>(db, 'select make_edit($1, $2, $3) as answer', [sweepId, editId, change]);
      return answer?.answer ?? null;
    } catch (error) {
      if (!stagesDeleted(error) || performance.now() > deadline) throw error;
      await enterAgain(db, editId);
    }
  }
}

/** Writes those stages of an edit that are not there. */
async function enterAgain(db: Store['db'], editId: string): Promise<void> {
  for (let after = -1; ;) {
    const [page] = await rows<{ planned: PlannedRows | null; last: number | null }>(db, `
      select jsonb_agg(planned order by position)::text as planned, max(position) as last
      from (select planned, position from edit_stages e where edit_id = $1 and position > $2 order by position limit 1000) page`, [editId, after]);
    if (page?.planned == null || page.last === null) return;
    await enterStages(db, page.planned);
    after = page.last;
  }
}

/** What follows from an edit, as from a submission. */
async function follow(store: Store, queue: Queue, { sweepId, hasBudget }: { sweepId: string; hasBudget: boolean }): Promise<void> {
  // the next read of the sweep is to find it held or running by its new budget
  if (hasBudget) await holdToBudget(store, sweepId);
  const lost = await lostStages(store, sweepId);
  await restartLost(store, lost);
  await settleSweep(store, queue, sweepId);
  await notReused(store.db, sweepId, lost);
}
