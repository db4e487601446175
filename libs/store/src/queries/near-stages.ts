import type { PlannedStage, StageKind, StageState } from '@elucidate/experiment/stages';
import { compareStages, type ExistingStage, type Known, type Why, type WhyGroup } from '@elucidate/experiment/why';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';

/** Done stages of a kind that are compared, the latest; of those that read an input, so many for each input. */
const [latest, ofInput] = [1000, 20];
/** Readers of an input among which those are sought: a whole sweep may read one, and none of it be done, or to be seen. */
const readersLookedAt = 500;

/** Of a stage `s`, to an owner, or to everybody if that is null. */
const seenBy = (owner: string): string => `(${owner}::text is null or exists (select from sweep_stages ss join sweeps w on w.id = ss.sweep_id where ss.stage_id = s.id and w.owner = ${owner}))`;

const columns = `s.id, s.kind, s.code_version as "codeVersion", s.params, coalesce((select jsonb_object_agg(name, input_id) from stage_inputs where stage_id = s.id), '{}') as inputs`;

/** The latest done stages of kinds, for those that read nothing. */
const latestOf = (db: Queryable, kinds: readonly StageKind[], owner: string | null): Promise<ExistingStage[]> => rows(db, `
  select ${columns} from unnest($1::text[]) as kinds(kind) cross join lateral (
    select * from (select * from stages where stages.kind = kinds.kind and state = 'done' order by ended_at desc limit ${5 * latest}) s where ${seenBy('$2')} limit ${latest}) s`, [kinds, owner]);

/** Done stages that read the same inputs as these kinds of stages do: "kind input". */
const readersOf = (db: Queryable, reads: readonly { kind: StageKind; input: string }[], owner: string | null): Promise<ExistingStage[]> => rows(db, `
  select distinct on (s.id) ${columns} from jsonb_to_recordset($1) as given(kind text, input text) cross join lateral (
    select s.* from (select stage_id from stage_inputs where input_id = given.input limit ${readersLookedAt}) i join stages s on s.id = i.stage_id
    where s.kind = given.kind and s.state = 'done' and ${seenBy('$2')} limit ${ofInput}) s`, [JSON.stringify(reads), owner]);

/** Why the stages of a plan that are not done run: what differs from the nearest that exist, as far as a principal sees them. */
export const whyRun = async (db: Queryable, { groups, compare }: Why, principal: Principal): Promise<WhyGroup[]> => [...compareStages(compare, await stagesNear(db, compare, principal)), ...groups];

/** What exists beside these stages. By index, for each at most a few. */
async function stagesNear(db: Queryable, compare: readonly PlannedStage[], principal: Principal): Promise<Known> {
  const owner = visibleOwner(principal);
  const reading = compare.filter(({ inputs }) => Object.keys(inputs).length > 0);
  const reads = [...new Map(reading.flatMap(({ kind, inputs }) => Object.values(inputs).map((input) => [`${kind} ${input}`, { kind, input }] as const))).values()];
  const [unfinished, readers, others] = [
    await rows<{ id: string; state: StageState }>(db, `select s.id, s.state from stages s where s.id = any($1) and s.state <> 'done' and ${seenBy('$2')}`, [compare.map(({ id }) => id), owner]),
    await readersOf(db, reads, owner), await latestOf(db, [...new Set(compare.map(({ kind }) => kind))], owner),
  ];
  const byRead = new Map<string, ExistingStage[]>();
  for (const reader of readers) for (const input of Object.values(reader.inputs)) byRead.set(`${reader.kind} ${input}`, [...(byRead.get(`${reader.kind} ${input}`) ?? []), reader]);
  const byKind = new Map<StageKind, ExistingStage[]>();
  for (const other of others) byKind.set(other.kind, [...(byKind.get(other.kind) ?? []), other]);
  return {
    unfinished: new Map(unfinished.map(({ id, state }) => [id, state])),
    near: ({ kind, inputs }) => {
      const sharing = Object.values(inputs).flatMap((input) => byRead.get(`${kind} ${input}`) ?? []);
      return sharing.length > 0 ? sharing : byKind.get(kind) ?? [];
    },
  };
}
