import { ElucidateError } from '@elucidate/experiment/errors';
import type { Ladder } from '@elucidate/experiment/ladder';
import type { AblationTable, LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers, EditAnswer } from './answers.js';
import { outcomeText } from './commands/apply.js';
import { heldLines, renderResults, resultsOf, type Results } from './results.js';

const entry = { mean: 1, stddev: null, min: 1, max: 1, count: 1, diverged: 0, n: 64, real: null };

test('a table with a single number is no result, one that compares two is', async () => {
  const rows = [{ config: { steps: 5, dropout: 0 } }, { config: { steps: 10, dropout: 0.1 } }];
  const cellsOf = (name: string): AblationTable['cells'] => (name === 'sampler' ? [[entry, null]] : [[entry], [entry]]);
  const answers = {
    sweep: () => Promise.resolve({ id: 's', stages: {} }),
    leaderboard: () => Promise.resolve([{ rows }] as unknown as LeaderboardGroup[]),
    tables: () => Promise.resolve(['sampler', 'dropout-by-steps']),
    table: (_: string, { name }: { name: string }) => Promise.resolve({ name, cells: cellsOf(name) }),
    ladder: () => Promise.reject(new ElucidateError('request.invalid', 'a grid, which has no order')),
  } as unknown as Answers;
  const { tables, ladder } = await resultsOf(answers, 's');
  expect(ladder).toBeNull();
  expect(tables.map(({ name }) => name)).toEqual(['dropout-by-steps']);
});

test('what varies comes first, then the first rows of the leaderboard, and it says how many there are', () => {
  const row = (rank: number): LeaderboardRow => ({ sweepId: 's', cellId: `c${rank}`, rank, config: { steps: rank }, metrics: { fid: { ...entry, mean: rank } }, n: 64, nfe: 5, evaluator: 'e', trainSeeds: [1], sampleSeeds: [1], noiseLevelsOutOfRange: null });
  const groups = [{ evaluator: 'e', n: 64, metric: 'fid', bases: [], rows: Array.from({ length: 20 }, (_, i) => row(i + 1)) }, { evaluator: 'f', n: 64, metric: 'fid', bases: [], rows: Array.from({ length: 20 }, (_, i) => row(i + 1)) }];
  const table: AblationTable = { name: 'sampler', sweepId: 's', metric: 'fid', rowAxis: 'sampler', columnAxis: 'steps', rows: ['heun'], columns: ['5', '10'], cells: [[entry, entry]], fixed: {}, choices: {}, n: 64, evaluator: 'e', real: null, basis: null };
  const step = { cellId: 'c1', changes: [], mean: 1, interval: null, toPrevious: null, toFirst: null };
  const ladder: Ladder = { sweepId: 's', sweepName: 'x', metric: 'fid', shape: 'chain', scale: 'linear', n: 64, evaluator: 'e', basis: null, real: null, incomplete: 0, steps: [step, { ...step, changes: [{ parameter: 'steps', from: '5', to: '10' }] }] };
  const sweep = { id: 's', name: 'x', state: 'done' } as Results['sweep'];
  const text = renderResults({ sweep, leaderboard: groups, tables: [table], ladder, failures: [] });
  const places = ['sampler / steps', 'steps 10, was 5', 'Leaderboard'].map((part) => text.indexOf(part));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(text.match(/^\| \d+ /gm)).toHaveLength(24);
  // of this sweep, which need not be the newest
  expect(text).toContain('`elucidate show c1 --sweep s` has');
  expect(text).toContain('`elucidate show --rank 2 --sweep s` those of the next');
  const alone = renderResults({ sweep, leaderboard: [{ ...groups[0]!, rows: [row(1), { ...row(2), rank: null, notRanked: 'stopped' }] }], tables: [], ladder: null, failures: [] });
  expect([alone.includes('`elucidate show c1 --sweep s` has'), alone.includes('--rank 2')]).toEqual([true, false]);
  expect(text).toContain('The first 24 of 40 configurations; `elucidate leaderboard s` prints them all.');
  expect(renderResults({ sweep, leaderboard: groups.slice(1), tables: [], ladder: null, failures: [] })).not.toContain('The first');
});

test.each<[string, Partial<SweepDetail>, held: string, edited: RegExp]>([
  ['runs', {}, '', /running\. Workers run what is new, `elucidate worker` starts one; follow it with: elucidate watch s$/],
  ['is paused', { paused: true }, 'lets it go on', /paused\. `elucidate resume s` lets it go on\.$/],
  ['is held by its budget', { paused: true, stages: { ready: 1 }, budget: { deviceHours: 0.002, wallHours: null, spentHours: 0.002118, usedUp: true } }, '0.00212 device-hours are spent', /paused\. Its budget is used up, this one too: `elucidate extend s --device-hours N`/],
  ['is being stopped', { stopping: true }, 'stopping: ', /stopping\. Workers/],
  ['was paused while it was being stopped', { paused: true, stopping: true }, 'lets its running cells end', /paused\. `elucidate resume/],
  ['has ended', { state: 'done' }, '', /done\.$/],
])('it is said of a sweep that it %s', (_, is, held, edited) => {
  const sweep = { id: 's', state: 'running', paused: false, stopping: false, ...is } as SweepDetail;
  expect(heldLines(sweep).join('')).toContain(held);
  expect(outcomeText({ dryRun: false, version: 2, sweep, difference: { trials: {} } } as EditAnswer, 1)).toMatch(edited);
});
