import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { architectureSchema, classConditionSchema, conditioningSchema, isUNet, lossWeightSchema, noiseDistributionSchema, noisePairingSchema, normalisationSchema, parameterisationSchema } from '@elucidate/experiment/design';
import { discretisationSchema, emaSchema, guidanceSchema, noiseLevelSchema, samplerSchema, samplingScalingSchema, samplingScheduleSchema } from '@elucidate/experiment/sampling-grammar';
import { scheduleSchema } from '@elucidate/experiment/schedule-grammar';
import { metricKey, metricOfKey } from '@elucidate/experiment/metric-requests';
import { planSweep } from '@elucidate/experiment/plan';
import { augmentationSchema, learningRatePlanSchema, optimiserSchema } from '@elucidate/experiment/recipe-grammar';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import type { LeaderboardRow } from '@elucidate/experiment/tables';
import { metricNames } from '@elucidate/metrics/metric-defs';
import { installation, type Api, type Installation } from './installation.js';

/** examples/every-word.yaml: the whole grammar through planner, API, worker and store. */
let here: Installation;
let api: Api;
let text: string;
beforeAll(async () => {
  text = await readFile(join(__dirname, '../../examples/every-word.yaml'), 'utf8');
  here = await installation();
  api = await here.startApi();
  await here.startWorker(['--slots', '2']);
});
afterAll(() => here.remove());

/** A kind's word, which one of a union may do without. */
type Word = { value: string } | { unwrap(): { value: string } };
const wordOf = (kind: Word): string => ('value' in kind ? kind : kind.unwrap()).value;

/** The kinds, or plain words, that a part of the grammar accepts. */
const wordsOf = (schema: unknown): string[] => {
  const known = schema as { options: readonly (string | { shape: { kind: Word } })[] };
  return known.options.map((option) => (typeof option === 'string' ? option : wordOf(option.shape.kind))).sort();
};

const parts = {
  schedule: scheduleSchema, noiseDistribution: noiseDistributionSchema, lossWeight: lossWeightSchema, noisePairing: noisePairingSchema, parameterisation: parameterisationSchema, normalisation: normalisationSchema,
  conditioning: conditioningSchema, sampler: samplerSchema, discretisation: discretisationSchema, noiseLevel: noiseLevelSchema, learningRatePlan: learningRatePlanSchema, optimiser: optimiserSchema, augmentation: augmentationSchema,
  samplingSchedule: samplingScheduleSchema, samplingScaling: samplingScalingSchema, classCondition: classConditionSchema, guidance: guidanceSchema, ema: emaSchema,
} as const;

test.each(Object.keys(parts) as (keyof typeof parts)[])('the example has every word of %s', (part) => {
  const found = planSweep(parseSpec(text)).cells.map(({ config }) => config[part]).map((value) => (typeof value === 'string' ? value : value.kind));
  expect([...new Set(found)].sort()).toEqual(wordsOf(parts[part]));
});

test('the example has every architecture of U-Nets', () => {
  const networks = planSweep(parseSpec(text)).cells.map(({ config }) => config.network).filter(isUNet);
  expect([...new Set(networks.map(({ architecture }) => architecture))].sort()).toEqual(wordsOf(architectureSchema));
});

test('every cell of the example is trained, sampled and scored', async () => {
  const { id } = await api.submit(parseSpec(text));
  expect(await api.ended(id)).toMatchObject({ state: 'done', failures: [] });
  const rows = (await api.get<{ groups: { rows: LeaderboardRow[] }[] }>(`/v1/sweeps/${id}/leaderboard?limit=200`)).groups.flatMap((group) => group.rows);
  expect(rows).toHaveLength(planSweep(parseSpec(text)).cells.length);
  const { samples, metrics: written } = parseSpec(text).evaluate;
  const requested = written.map(metricKey);
  expect([...new Set(requested.map((key) => metricOfKey(key)!.name))]).toEqual(metricNames);
  for (const { metrics, n } of rows) {
    expect(n).toBe(samples);
    expect(Object.keys(metrics).sort()).toEqual([...requested].sort());
    // networks trained for two updates: far from real images, but finite
    expect(metrics['fid']!.mean).toBeGreaterThan(2 * metrics['fid']!.real!);
  }
});
