import type { AttemptRow, Evidence, StageRow } from './evidence.js';
import { isClean, verdictOf, type Verdict } from './verdict.js';

const stage = (more: Partial<StageRow> = {}): StageRow => ({ id: 'a', kind: 'train', state: 'done', counted: 0, endedAt: 2000, code: null, ...more });
const attempt = (more: Partial<AttemptRow> = {}): AttemptRow => ({ stageId: 'a', token: 1, workerId: 'w', startedAt: 1000, endedAt: 2000, outcome: 'done', code: null, ...more });
const undisturbed = new Map([['a weights', 'hash'], ['a loss', '0.5']]);
/** One stage, run once, with the results of the undisturbed run. */
const sound: Evidence = { accepted: ['s'], sweeps: [{ id: 's', state: 'done' }], stages: [stage()], attempts: [attempt()], results: undisturbed, workers: [], damaged: [], messages: ['train 0123abcd: done'] };
const times = { beganAt: 1200, endedAt: 1500, hit: [{ stageId: 'a' }] };

const judge = (changes: Partial<Evidence>, expected = {}): Verdict => verdictOf({ ...sound, ...changes }, undisturbed, { times, expected });

test('a run in which nothing went wrong is clean, and its recovery is counted from the end of the fault', () => {
  const verdict = judge({});
  expect(verdict).toEqual({ lost: 0, duplicated: 0, wrong: 0, refused: 0, recoverMs: 500, wastedMs: 0, problems: [] });
  expect(isClean(verdict)).toBe(true);
});

const expired = attempt({ outcome: 'expired', endedAt: 1500 });

test.each<[string, Partial<Evidence>, Partial<Verdict>]>([
  ['a stage that did not end as done is lost', { stages: [stage(), stage({ id: 'b', state: 'ready', endedAt: null })] }, { lost: 1 }],
  ['an accepted sweep that is not in the database is lost', { accepted: ['s', 'gone'] }, { lost: 1 }],
  ['a stage that was cancelled or failed is lost, and the reason is reported', { stages: [stage({ state: 'failed', code: 'disk.full' })] }, { lost: 1, recoverMs: Infinity, problems: ['1 stages ended as failed (disk.full)'] }],
  ['two attempts that wrote a result are a duplicate', { attempts: [attempt(), attempt({ token: 2, startedAt: 2000, endedAt: 3000 })] }, { duplicated: 1 }],
  ['two workers that say they are done with one stage are a duplicate', { messages: ['train 0123abcd: done', 'train 0123abcd: done'] }, { duplicated: 1 }],
  ['a lease given while another is valid is a duplicate', { attempts: [expired, attempt({ token: 2, startedAt: 1400 })] }, { duplicated: 1, wastedMs: 500 }],
  ['a lease given when the other has expired is none; its time is wasted', { attempts: [expired, attempt({ token: 2, startedAt: 1500 })] }, { duplicated: 0, wastedMs: 500 }],
  ['another hash or metric is wrong', { results: new Map([['a weights', 'other'], ['a loss', '0.5000001']]) }, { wrong: 2 }],
  ['a result that the undisturbed run does not have is wrong', { results: new Map([...undisturbed, ['a surprise', '1']]) }, { wrong: 1 }],
  ['an artifact whose bytes are gone or others is wrong', { damaged: ['hash'] }, { wrong: 1 }],
  ['a late write that was refused is counted', { messages: ['train 0123abcd: lease lost or cancelled; nothing written'] }, { refused: 1 }],
])('%s', (_, changes, found) => {
  expect(judge(changes)).toMatchObject(found);
});

test('an attempt counted against a stage breaks the promise that an environment costs none', () => {
  const changes = { stages: [stage({ counted: 1 })], attempts: [attempt({ outcome: 'failed', code: 'folder.unusable' })] };
  expect(judge(changes, { uncounted: true }).problems).toEqual(['attempts were counted at 1 stages: folder.unusable']);
  expect(judge(changes).problems).toEqual([]);
});

test('recovery is that of a stage of which an attempt did not succeed meanwhile, if there is one', () => {
  const stages = [stage(), stage({ id: 'b', endedAt: 9000 })];
  const attempts = [attempt(), attempt({ stageId: 'b', outcome: 'expired', endedAt: 4000 }), attempt({ stageId: 'b', token: 2, startedAt: 4000, endedAt: 9000 })];
  const hit = [{ stageId: 'a' }];
  expect(verdictOf({ ...sound, stages, attempts }, undisturbed, { times: { ...times, hit } }).recoverMs).toBe(7500);
});

test('a fleet in which nothing ended during the fault did not go on', () => {
  expect(judge({}, { goesOn: true }).problems).toEqual(['no stage ended in the 0 s of the fault']);
  expect(judge({ attempts: [attempt({ endedAt: 1400 })] }, { goesOn: true }).problems).toEqual([]);
});

test('a worker that does not say that it is set aside has not noticed the fault', () => {
  expect(judge({}, { setAside: true }).problems).toEqual(['no worker was set aside']);
  expect(judge({ messages: ['set aside for all stages: read-only'] }, { setAside: true }).problems).toEqual([]);
});
