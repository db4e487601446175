import { etaOf, secondsAt, type Eta, type KindTime } from '@elucidate/experiment/eta';
import { isRaceOpen } from '@elucidate/experiment/race-open';
import type { StageKind } from '@elucidate/experiment/stages';
import { isLive } from '../live-worker.js';
import { localPrincipal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';
import { workRates, type WorkRate } from './rates.js';
import { getSweep, type KindProgress, type SweepDetail } from './sweeps.js';

/** What the finished stages of a kind say about those that are left. */
interface KindHistory {
  kind: StageKind;
  attempts: number;
  seconds: number;
  work: number;
  spread: number | null;
}

/** Finished stages of a sweep that are looked at, the last in its plan. */
const lookedAt = 1000;

const historyOf = (db: Queryable, sweepId: string): Promise<KindHistory[]> => rows(db, `
  select kind, count(*)::int as attempts, sum(seconds) as seconds, sum(work) as work, stddev_samp(ln(seconds / work)) filter (where work > 0) as spread
  from (
    select s.kind, s.work, extract(epoch from a.ended_at - a.started_at)::double precision as seconds
    from (select stage_id from sweep_stages where sweep_id = $1 and counted = 'done' and not reused order by position desc limit ${lookedAt}) d
    join stages s on s.id = d.stage_id join attempts a on a.stage_id = s.id and a.token = s.token
    where a.outcome = 'done' and a.ended_at > a.started_at) done
  group by kind`, [sweepId]);

const stagesLeft = ({ states }: KindProgress): number => (states.waiting ?? 0) + (states.ready ?? 0) + (states.running ?? 0);

/** The time that a kind still takes, by what it took in this sweep, else on this installation, else by a guess. */
function kindTime(progress: KindProgress, history: readonly KindHistory[], rates: readonly WorkRate[], exact: boolean): KindTime {
  const [stages, work] = [stagesLeft(progress), Math.max(0, progress.workTotal - progress.workDone)];
  if (stages === 0) return { stages, seconds: 0, spread: null, attempts: 0 };
  const own = history.find(({ kind }) => kind === progress.kind);
  // of a kind that is no work by estimate, a stage takes what others took
  if (own !== undefined) return { stages, seconds: work > 0 && own.work > 0 ? work * own.seconds / own.work : stages * own.seconds / own.attempts, spread: own.spread, attempts: own.attempts };
  const measured = rates.filter(({ kind }) => kind === progress.kind);
  const rate = measured.find((one) => one.exact === exact) ?? measured[0];
  return { stages, seconds: secondsAt(rate?.workPerSecond, { stages, work }), spread: rate?.spread ?? null, attempts: rate?.attempts ?? 0 };
}

/** Whether all networks of a sweep are exact denoisers, whose operations take another time. */
function isExact({ spec }: SweepDetail): boolean {
  const { network } = (spec['parameters'] ?? {}) as { network?: { values?: { kind?: string }[] } };
  return network?.values?.every(({ kind }) => kind === 'exact') ?? false;
}

/** Slots that a sweep may count on: those of live workers that no other sweep has now, up to its own limit. */
async function slotsFor(db: Queryable, { kinds, concurrency }: SweepDetail): Promise<number> {
  const [found] = await rows<{ slots: number; running: number }>(db, `
    select (select coalesce(sum(concurrency), 0)::int from workers w where ${isLive('w')}) as slots,
      (select count(*)::int from stages where state = 'running' and lease_expires_at is not null) as running`);
  if (found!.slots === 0) return 0;
  const own = kinds.reduce((sum, { states }) => sum + (states.running ?? 0), 0);
  return Math.max(1, own, Math.min(found!.slots - Math.max(0, found!.running - own), concurrency ?? Infinity));
}

/** When a sweep was expected to end at one moment of it, and when it did. */
export interface EtaPrediction extends Eta {
  /** Percent of the work that was done by then, rounded down to one of few. */
  moment: number;
  at: string;
  /** Seconds that it took from then on; null before it has ended. */
  took: number | null;
}

export interface SweepEta {
  /** null: it has ended, is paused, or no worker is there. */
  eta: Eta | null;
  /** Whether that is the next look of its race: what comes after is not known. */
  toLook: boolean;
  /** As predicted, since its last edit, the first first. */
  predictions: EtaPrediction[];
}

/** Sweeps with about as long to go: between a fourth and four times. */
const alike = 4;

/**
 * ln(took/expected) of the latest finished sweeps at the moment at which they were expected to have about as long to go, one of each. None that was paused after it, or edited,
 * since what it took is not what was predicted.
 */
const pastErrors = async (db: Queryable, seconds: number): Promise<number[]> => (await rows<{ error: number }>(db, `
  select ln(took / seconds) as error from (
    select distinct on (w.id) w.ended_at, p.seconds, extract(epoch from w.ended_at - p.at)::double precision as took
    from (select id, version, ended_at from sweeps where state = 'done' order by ended_at desc limit 200) w join eta_predictions p on p.sweep_id = w.id and p.version = w.version
    where p.seconds between $1::double precision / ${alike} and $1 * ${alike} and w.ended_at > p.at
      and not exists (select from events e where e.sweep_id = w.id and e.type = 'sweep.paused' and e.at > p.at)
    order by w.id, abs(ln(p.seconds / $1))) past
  order by ended_at desc limit 20`, [seconds])).map(({ error }) => error);

/** The expected end of a sweep from the work that is left, what such work took, and the slots that there are. */
async function etaNow(db: Queryable, sweep: SweepDetail): Promise<Eta | null> {
  if (sweep.state !== 'running' || sweep.paused) return null;
  const slots = await slotsFor(db, sweep);
  if (slots === 0) return null;
  const history = await historyOf(db, sweep.id);
  const isNew = (kind: KindProgress): boolean => stagesLeft(kind) > 0 && !history.some((known) => known.kind === kind.kind);
  const rates = sweep.kinds.some(isNew) ? await workRates(db) : [];
  const kinds = sweep.kinds.map((kind) => kindTime(kind, history, rates, isExact(sweep)));
  const alone = etaOf(kinds, slots);
  return alone.seconds > 0 ? etaOf(kinds, slots, await pastErrors(db, alone.seconds)) : alone;
}

/** When a sweep is expected to end, with what was predicted before. */
export async function sweepEta(db: Queryable, sweep: SweepDetail): Promise<SweepEta> {
  const predictions = await rows<EtaPrediction>(db, `
    select p.moment, p.at, p.seconds, p.low, p.high, p.slots, extract(epoch from w.ended_at - p.at)::double precision as took
    from eta_predictions p join sweeps w on w.id = p.sweep_id where p.sweep_id = $1 and p.version = w.version and (w.ended_at is null or w.ended_at > p.at) order by p.moment`, [sweep.id]);
  return { eta: await etaNow(db, sweep), toLook: isRaceOpen(sweep.spec), predictions };
}

/** Moments, in percent of the work, of which each is predicted once. */
const moments = [0, 5, 10, 25, 50, 75, 90];

/** The moment that a sweep is at. */
function momentOf({ kinds }: SweepDetail): number {
  const [done, total] = [kinds.reduce((sum, kind) => sum + kind.workDone, 0), kinds.reduce((sum, kind) => sum + kind.workTotal, 0)];
  return moments.findLast((percent) => 100 * done >= percent * total) ?? 0;
}

/** Keeps what is expected of a sweep now, unless its moment has been predicted already. */
export async function recordEta(db: Queryable, sweep: SweepDetail, known?: Eta | null): Promise<void> {
  const [before] = await rows(db, 'select 1 as found from eta_predictions where sweep_id = $1 and version = $2 and moment = $3', [sweep.id, sweep.version, momentOf(sweep)]);
  if (before !== undefined) return;
  const eta = known === undefined ? await etaNow(db, sweep) : known;
  if (eta === null) return;
  await rows(db, 'insert into eta_predictions (sweep_id, version, moment, seconds, low, high, slots) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing', [sweep.id, sweep.version, momentOf(sweep), eta.seconds, eta.low, eta.high, eta.slots]);
}

/** Running sweeps whose ends are predicted at a time. */
const predictedAtOnce = 20;

/** Keeps what is expected of the newest running sweeps. */
export async function recordEtas(db: Queryable): Promise<void> {
  const running = await rows<{ id: string }>(db, `select id from sweeps where state = 'running' and paused_at is null order by created_at desc limit ${predictedAtOnce}`);
  for (const { id } of running) {
    const sweep = await getSweep(db, id, localPrincipal);
    if (sweep !== null) await recordEta(db, sweep);
  }
}
