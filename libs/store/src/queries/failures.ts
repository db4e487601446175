import { blameFor, type Whereabouts } from '@elucidate/experiment/group-blame';
import type { FailureGroup, SweepFailures } from '@elucidate/experiment/failure-groups';
import type { StageKind } from '@elucidate/experiment/stages';
import { rows, type Queryable } from '../queryable.js';
import { sharedValues } from './shared-values.js';
import { summarise } from './summaries.js';

/** What is looked at, at most: failed attempts, groups, and for each kind the stages done last. */
const [mostAttempts, mostGroups, mostDone, mostWorkers] = [20_000, 50, 2000, 20];

/** The failed attempts at a sweep's stages: f. An expired lease has no fingerprint of its own, nor have attempts of earlier versions. */
const failedAttempts = `
  f as materialized (
    select a.stage_id, a.token, a.worker_id, a.started_at, coalesce(a.ended_at, a.started_at) as at, a.error, s.kind, s.state,
      coalesce(a.error ->> 'fingerprint', a.error ->> 'code', a.outcome) as fingerprint
    from attempts a join sweep_stages ss on ss.sweep_id = $1 and ss.stage_id = a.stage_id join stages s on s.id = a.stage_id
    where a.outcome in ('failed', 'expired') limit ${mostAttempts + 1})`;

interface GroupRow extends Pick<FailureGroup, 'fingerprint' | 'code' | 'stages' | 'attempts' | 'firstAt' | 'lastAt' | 'example' | 'states' | 'kinds'> {
  looked: number;
  /** Stages of the group that are not done. */
  open: string[];
}

/** The row as it is answered. */
const described = ({ fingerprint, code, stages, attempts, states, kinds, firstAt, lastAt, example }: GroupRow): Omit<GroupRow, 'looked' | 'open'> =>
  ({ fingerprint, code, stages, attempts, states, kinds, firstAt, lastAt, example });

/** Groups, those of most stages first, and the number of attempts looked at in each. */
const groupsOf = (db: Queryable, sweepId: string): Promise<GroupRow[]> => rows(db, `
  with ${failedAttempts},
  stage as (select fingerprint, stage_id, kind, state from f group by 1, 2, 3, 4),
  counted as (
    select fingerprint, count(*)::int as attempts, min(at) as first_at, max(at) as last_at,
      (array_agg(jsonb_build_object('stageId', stage_id, 'token', token, 'kind', kind, 'workerId', worker_id, 'message', coalesce(error ->> 'message', ''), 'code', error ->> 'code') order by at desc, stage_id))[1] as example
    from f group by 1),
  states as (select fingerprint, jsonb_object_agg(state, n) as states, sum(n)::int as stages from (select fingerprint, state, count(*) as n from stage group by 1, 2) by_state group by 1),
  kinds as (select fingerprint, jsonb_object_agg(kind, n) as kinds from (select fingerprint, kind, count(*) as n from stage group by 1, 2) by_kind group by 1)
  select fingerprint, coalesce(example ->> 'code', fingerprint) as code, stages, attempts, first_at as "firstAt", last_at as "lastAt", example - 'code' as example, states, kinds,
    array(select stage_id from stage s where s.fingerprint = counted.fingerprint and s.state <> 'done') as open, sum(attempts) over ()::int as looked
  from counted join states using (fingerprint) join kinds using (fingerprint) order by stages desc, attempts desc, fingerprint`, [sweepId]);

interface WhereRow extends Whereabouts {
  fingerprint: string;
  attempts: number;
  /** Whether attempts of the group failed there, or its stages are done there. */
  failed: boolean;
}

/** Where the attempts of each group failed, and where its stages are done; an attempt of a worker that has been forgotten is known by its id alone. */
const wheresOf = (db: Queryable, sweepId: string): Promise<WhereRow[]> => rows(db, `
  with ${failedAttempts},
  place as (
    select fingerprint, worker_id, true as failed, count(*)::int as attempts from f group by 1, 2
    union all
    select fingerprint, a.worker_id, false, count(*)::int from (select distinct fingerprint, stage_id from f where state = 'done') stage
    join attempts a on a.stage_id = stage.stage_id and a.outcome = 'done' group by 1, 2)
  select fingerprint, p.worker_id as "workerId", host, version, failed, attempts from place p left join workers w on w.id = p.worker_id order by attempts desc, p.worker_id`, [sweepId]);

interface KindRow extends Whereabouts {
  kind: StageKind;
}

/** Where stages of these kinds of the sweep are done, by those of each kind that ended last. */
const doneWhere = (db: Queryable, sweepId: string, kinds: readonly StageKind[]): Promise<KindRow[]> => rows(db, `
  select distinct k.kind, s.worker_id as "workerId", w.host, w.version
  from unnest($2::text[]) as k(kind)
  cross join lateral (select id, worker_id from stages where kind = k.kind and state = 'done' and worker_id is not null order by ended_at desc limit ${mostDone}) s
  join sweep_stages ss on ss.sweep_id = $1 and ss.stage_id = s.id left join workers w on w.id = s.worker_id`, [sweepId, kinds]);

/** How many stages were not run because of each failed one. */
async function notRunBy(db: Queryable, sweepId: string): Promise<Map<string, number>> {
  await summarise(db);
  const found = await rows<{ stageId: string; stages: number }>(db, `
    select s.error -> 'details' ->> 'stageId' as "stageId", count(*)::int as stages
    from sweep_stages ss join stages s on s.id = ss.stage_id
    where ss.sweep_id = $1 and ss.counted = 'failed' and s.state = 'failed' and s.error ->> 'code' = 'stage.input_failed' group by 1`, [sweepId]);
  return new Map(found.map(({ stageId, stages }) => [stageId, stages]));
}

/** The failures of a sweep, which the caller has found to be visible, grouped by their fingerprints: how many, where, since when, what they have in common, and what they point to. */
export async function failuresOf(db: Queryable, sweepId: string): Promise<SweepFailures> {
  const found = await groupsOf(db, sweepId);
  const shown = found.slice(0, mostGroups);
  if (shown.length === 0) return { sweepId, groups: [], cut: false };
  const kinds = [...new Set(shown.flatMap((group) => Object.keys(group.kinds) as StageKind[]))];
  const [wheres, done, notRun] = [await wheresOf(db, sweepId), await doneWhere(db, sweepId, kinds), await notRunBy(db, sweepId)];
  const groups: FailureGroup[] = [];
  for (const group of shown) {
    const own = wheres.filter(({ fingerprint }) => fingerprint === group.fingerprint);
    const failed = own.filter((where) => where.failed);
    const ofKinds = Object.keys(group.kinds) as StageKind[];
    const blamed = blameFor({
      code: group.code, failed, retried: own.filter((where) => !where.failed), others: done.filter(({ kind }) => ofKinds.includes(kind)),
      permanent: 'failed' in group.states || 'quarantined' in group.states, over: group.open.length === 0,
    });
    groups.push({
      ...described(group), ...blamed,
      notRun: group.open.reduce((sum, stageId) => sum + (notRun.get(stageId) ?? 0), 0),
      workers: failed.slice(0, mostWorkers).map(({ workerId, host, version, attempts }) => ({ id: workerId, host, version, attempts })),
      workerCount: failed.length,
      common: await sharedValues(db, { sweepId, stageIds: group.open, kinds: ofKinds }),
    });
  }
  return { sweepId, groups, cut: found.length > mostGroups || (found[0]?.looked ?? 0) > mostAttempts };
}
