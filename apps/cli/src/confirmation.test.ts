import { basisOf } from '@elucidate/experiment/basis-words';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { renderConfirmation } from '@elucidate/experiment/render-confirmation';
import type { Estimate, LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { alreadyAgain, choose, confirmationOf, freeName, sweepToConfirm } from './confirmation.js';

const spec = parseSpec({ name: 'base', dataset: { name: 'fashion-mnist', resolution: 16 }, train: { network: 'tiny', images: 256, batch: 32 }, seeds: { train: [1, 2], sample: [1] }, parameters: { steps: { values: [5, 10, 20] } } });
const estimate = (mean: number): Estimate => ({ mean, stddev: 1, min: mean, max: mean, count: 2, diverged: 0, n: 64, real: null, trials: 2, confidence: { trainingRuns: 2, samples: 1, interval: { low: mean - 1, high: mean + 1 }, reach: 'training runs', bestOfThree: null } });
const row = (cellId: string, rank: number | null, mean: number, apart = false): LeaderboardRow => ({
  sweepId: 's', cellId, rank, config: { steps: Number(cellId) }, metrics: { fid: estimate(mean) }, n: 64, nfe: 5, evaluator: 'e', trainSeeds: [1, 2], sampleSeeds: [1], noiseLevelsOutOfRange: null,
  ...(rank !== null && { standing: { apart, toBest: rank === 1 ? null : { mean: 1, interval: null, trainingRuns: 2, samples: 1, p: 0.01 } } }),
});
const basis = basisOf({
  metric: 'fid', n: 64, extractor: 'random', weights: null, trainedOn: null, layer: null, features: 32, inputRange: null, resize: null, reference: { dataset: 'photos', split: 'test', size: 400, resolution: 16 }, implementation: 2, real: { value: 2.5, n: 40 }, best: 32,
}, 'e');
const group = (rows: LeaderboardRow[]): LeaderboardGroup => ({ evaluator: 'e', n: 64, metric: 'fid', bases: [basis], rows, choice: { among: 3, incomplete: 1, correction: 'Holm', group: 2, runnerUp: null } });
const boards: Record<string, LeaderboardGroup[]> = {
  s: [group([row('5', 1, 30), row('10', 2, 31), row('20', 3, 35), row('40', null, 1)])],
  again: [group([row('10', 1, 32), row('5', 2, 33, true)])],
  other: [group([row('5', 1, 32)])],
  empty: [group([row('5', null, 1)])],
};
const sweeps: Record<string, Spec> = { s: spec, empty: spec, again: { ...spec, seeds: { train: [1, 2], sample: [2, 3, 4] } }, other: { ...spec, seeds: { train: [1, 2], sample: [2, 3, 4] } } };
type Spec = typeof spec;
/** The best of the sweep `base` were others before. */
const confirmed = [{ id: 'empty', name: 'database-confirmed' }, { id: 'again', name: 'base-confirmed-2' }, { id: 'other', name: 'base-confirmed' }];
const answers = {
  sweep: (id: string) => Promise.resolve({ id, name: sweeps[id]!.name, spec: sweeps[id] } as unknown as SweepDetail),
  leaderboard: (id: string) => Promise.resolve(boards[id]!),
  named: (name: string) => Promise.resolve(confirmed.filter((sweep) => sweep.name === name)),
  searched: (text: string) => Promise.resolve(confirmed.filter(({ name }) => name.includes(text))),
} as unknown as Answers;

test('the best that are ranked are chosen, to be scored at sample seeds that the sweep does not have', async () => {
  const { rows, seeds } = await choose(answers, 's', { top: 2 });
  expect(rows.map(({ cellId }) => cellId)).toEqual(['5', '10']);
  expect(seeds).toEqual({ train: [1, 2], sample: [2, 3, 4] });
  expect((await choose(answers, 's', { top: 9 })).rows).toHaveLength(3);
  const two = { ...answers, leaderboard: () => Promise.resolve([...boards['s']!, { ...boards['other']![0]!, n: 32 }, ...boards['empty']!]) } as unknown as Answers;
  expect((await choose(two, 's', { top: 2 })).groups.map(({ n }) => n)).toEqual([64, 32]);
});

test('seeds that chose the best are refused, as is a sweep in which nothing is ranked', async () => {
  await expect(choose(answers, 's', { top: 2, sampleSeeds: [1, 7] })).rejects.toThrow('Train seed 1 with sample seed 1 is one of the trials that chose the best');
  expect((await choose(answers, 's', { top: 2, trainSeeds: [3], sampleSeeds: [1] })).seeds).toEqual({ train: [3], sample: [1] });
  const ended = (state: string, notRanked: string) => ({ ...answers, sweep: (id: string) => Promise.resolve({ id, name: 'base', state, spec }), leaderboard: () => Promise.resolve([group([{ ...row('5', null, 1), notRanked }, row('10', null, 1)])]) }) as unknown as Answers;
  await expect(choose(ended('running', '1 of 2 trials'), 'empty', { top: 2 })).rejects.toThrow('has no configuration with all its trials scored yet; `elucidate status empty` says what is left');
  await expect(choose(ended('failed', '2 of 2 diverged'), 'empty', { top: 2 })).rejects.toThrow('has no configuration with all its trials scored, and it has ended: of its 2 configurations 1 diverged and 1 lacks trials that failed; `elucidate failures empty` says where');
  await expect(choose(ended('done', ''), 'empty', { top: 2, metric: 'precision' })).rejects.toThrow('it computes fid, kid; add precision to evaluate.metrics');
});

test('seeds that only some configurations have, by repeats, chose the best too', async () => {
  const repeated = parseSpec({ ...spec, repeats: [{ cells: [{ steps: 5 }, { steps: 10 }], train: [3], sample: [2, 3] }] });
  const withRepeats = { ...answers, sweep: () => Promise.resolve({ id: 's', name: 'base', spec: repeated }) } as unknown as Answers;
  expect((await choose(withRepeats, 's', { top: 2 })).seeds).toEqual({ train: [1, 2], sample: [4, 5, 6] });
  await expect(choose(withRepeats, 's', { top: 2, trainSeeds: [3], sampleSeeds: [2] })).rejects.toThrow('Train seed 3 with sample seed 2 is one of the trials that chose the best');
});

test('where no sweep is named, it is the newest that does not score another one again', async () => {
  const newestFirst = (...names: string[]) => ({ ...answers, sweeps: () => Promise.resolve(names.map((name) => ({ id: `id of ${name}`, name }))) }) as unknown as Answers;
  expect(await sweepToConfirm(newestFirst('base-confirmed', 'base', 'older'), undefined)).toBe('id of base');
  expect(await sweepToConfirm(newestFirst('base-confirmed-2', 'base-confirmed', 'base', 'older'), undefined)).toBe('id of base');
  expect(await sweepToConfirm(newestFirst('lone-confirmed', 'base'), undefined)).toBe('id of lone-confirmed');
});

test('a sweep that scored the same configurations at the same seeds is found again', async () => {
  const chosen = await choose(answers, 's', { top: 2 });
  expect((await alreadyAgain(answers, chosen))?.id).toBe('again');
  expect(await alreadyAgain(answers, { ...chosen, seeds: { train: [1, 2], sample: [9] } })).toBeUndefined();
});

test('a sweep that was to score them again and has ended without says what became of it', async () => {
  const chosen = await choose(answers, 's', { top: 1 });
  const again = { id: 'again', name: 'base-confirmed', state: 'cancelled', spec } as unknown as SweepDetail;
  expect(() => confirmationOf(chosen, again, [group([row('5', null, 1)])])).toThrow('Sweep again, base-confirmed, was to score them again, and none has all its trials, and it was cancelled: its only configuration lacks trials that were cancelled; `elucidate retry again` runs again what was cancelled');
});

test('what scores other configurations again has a name of its own', async () => {
  expect(await freeName(answers, { spec })).toBe('base-confirmed-3');
  expect(await freeName(answers, { spec: { ...spec, name: 'new' } })).toBe('new-confirmed');
});

test('both scores of each are shown, the new order, and what the training runs still owe to chance', async () => {
  const chosen = await choose(answers, 's', { top: 2 });
  const confirmation = confirmationOf(chosen, await answers.sweep('again'), boards['again']!);
  expect(confirmation).toMatchObject({ sweepId: 's', confirmedBy: 'again', among: 3, sameTrainingRuns: true, rows: [{ cellId: '5', chosenRank: 1, rank: 2, chosen: { mean: 30 }, confirmed: { mean: 33 } }, { cellId: '10', chosenRank: 2, rank: 1 }] });
  const text = renderConfirmation(confirmation, 'markdown');
  expect(text).toMatch(/^\| chosen as \| steps \| +FID that chose it \| +FID confirmed \| less the best \| rank \|$/m);
  expect(text).toContain('30.00 [29.00, 31.00] |     33.00 [32.00, 34.00]');
  expect(text).toContain('**32.00** [31.00, 33.00]');
  expect(text).toContain('the best 2 of 3 configurations of sweep s, scored again by sweep again at sample seeds 2, 3, 4 of the same training runs');
  expect(text).toContain('What the training runs had by chance is still in these scores');
  expect(text).toContain('evaluator e, real-data baseline 2.50 of 40 images. Weak: features of an untrained network say little about images');
  expect(renderConfirmation(confirmation, 'csv').split('\r\n')[1]).toMatch(/^1,5,5,fid,30,33,32,34,-3,2,true,64,e,2\.5,/);
  expect(JSON.parse(renderConfirmation(confirmation, 'json'))).toMatchObject({ metric: 'fid' });
  expect(renderConfirmation({ ...confirmation, sameTrainingRuns: false, trainSeeds: [3, 4], sampleSeeds: [1] }, 'latex')).toContain('at train seeds 3, 4 and sample seeds 1, which');
});
