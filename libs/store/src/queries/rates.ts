import { defaultRate } from '@elucidate/experiment/eta';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { rows, type Queryable } from '../queryable.js';

export interface WorkRate {
  kind: StageKind;
  /** Whether it was of the exact denoiser of synthetic data, whose operations take another time than a network's. */
  exact: boolean;
  /** Estimated floating-point operations per second of one slot: all work of these attempts over all their time; of networks as if a few seconds at the default rate were among them. */
  workPerSecond: number;
  attempts: number;
  /** Standard deviation of the logarithm of their time per operation; null for one. */
  spread: number | null;
}

/** The latest attempts of a kind are enough, and their number bounds the query. */
const latest = 200;

/** Operations below which an attempt says how long a stage takes to start, and nothing of the rate: a quarter of a second of one slow core. */
const leastWork = 1e10;

/** Seconds of work of networks at the default rate that count as measured: a single short attempt, most of which is its start, does not make the rate of hours. */
const priorSeconds = 5;
const ifNetwork = (value: number): string => `case when exact then 0 else ${value} end`;

/** How fast each kind of stage has run here lately, to estimate the cost of a plan; a kind that has not done enough work is absent. Programs do not count: nobody knows how much work theirs is. */
export const workRates = (db: Queryable): Promise<WorkRate[]> => rows(db, `
  select kind, exact, (sum(work) + ${ifNetwork(priorSeconds * defaultRate)}) / (sum(seconds) + ${ifNetwork(priorSeconds)}) as "workPerSecond", count(*)::int as attempts, stddev_samp(ln(seconds / work)) as spread
  from unnest($1::text[]) as kinds(kind) cross join lateral (
    select s.work, extract(epoch from a.ended_at - a.started_at)::double precision as seconds,
      coalesce(s.params->'network'->>'kind', t.params->'network'->>'kind', '') = 'exact' as exact
    from (select id, token, work, params from stages where stages.kind = kinds.kind and state = 'done' order by ended_at desc limit ${latest}) s
    join attempts a on a.stage_id = s.id and a.token = s.token
    left join stage_inputs i on i.stage_id = s.id and i.name = 'train'
    left join stages t on t.id = i.input_id
    where coalesce(s.params->'network'->>'kind', t.params->'network'->>'kind', '') <> 'program' and a.outcome = 'done' and a.ended_at > a.started_at and s.work >= ${leastWork}) done
  group by kind, exact order by kind, exact`, [stageKinds]);
