import type { AblationTable, LeaderboardRow } from '@elucidate/experiment/tables';
import { installation, type Api, type Installation } from './installation.js';

/**
 * A sweep whose ablation table is known in advance: Gaussian pixels, their exact denoiser, and the pixels as features.
 * Sampling maps N(0, 80^2) to N(m, s^2), so the FID is d ((m - mean)^2 + (s - std)^2) up to the sampling error of n images and of the reference.
 */
let here: Installation;
let api: Api;
beforeAll(async () => {
  here = await installation();
  api = await here.startApi();
  await here.startWorker(['--slots', '2']);
});
afterAll(() => here.remove());

const [mean, std, side, n, reference] = [0.3, 0.5, 2, 4096, 10_000];
const d = side ** 2;

/** Standard deviations at the end of EDM's discretisation from 80 to 0.002, by sampler and steps; computed in float64 without this code. */
const ends: readonly (readonly [label: string, sampler: object, steps: number, std: number])[] = [
  ['euler', { kind: 'euler' }, 10, 0.3652130651],
  ['euler', { kind: 'euler' }, 100, 0.4858381878],
  ['heun', { kind: 'heun' }, 10, 0.609798],
  ['dpm-2', { kind: 'dpm-2' }, 10, 0.560595],
  ['lms(order 4)', { kind: 'lms', order: 4 }, 10, 0.41326],
  ['dpmpp-2m', { kind: 'dpmpp-2m' }, 10, 0.579387],
  ['dpmpp-2s-ancestral(eta 0)', { kind: 'dpmpp-2s-ancestral', eta: 0 }, 10, 0.461457],
  ['euler-ancestral(eta 0.5)', { kind: 'euler-ancestral', eta: 0.5 }, 10, 0.355346437],
  ['euler-ancestral(eta 0.5)', { kind: 'euler-ancestral', eta: 0.5 }, 100, 0.4823817887],
  ['euler-ancestral(eta 1)', { kind: 'euler-ancestral', eta: 1 }, 10, 0.3018828846],
  ['euler-ancestral(eta 1)', { kind: 'euler-ancestral', eta: 1 }, 100, 0.4709475378],
];
const hundred = ends.filter(([, , steps]) => steps === 100).map(([, sampler]) => sampler);

const spec = {
  name: 'known numbers',
  dataset: { name: 'gaussian', mean, std, resolution: side },
  parameters: {
    parameterisation: { value: 'edm' },
    discretisation: { value: { kind: 'karras' } },
    sampler: { values: [...new Map(ends.map(([label, sampler]) => [label, sampler])).values()] },
    steps: { value: 10 },
  },
  include: hundred.map((sampler) => ({ sampler, steps: 100 })),
  train: { network: 'exact', images: 0 },
  evaluate: { samples: n, metrics: ['fid'], trajectory: true },
};

/** What the FID should be, and four standard errors of the standard deviations it is computed from; the n-bias is of the order of d std^2 / reference. */
function expected(end: number): { fid: number; within: number } {
  const difference = end - std;
  const error = Math.sqrt(end ** 2 / (2 * n) + std ** 2 / (2 * reference));
  return { fid: d * ((mean * (end / 80)) ** 2 + difference ** 2), within: 4 * 2 * Math.sqrt(d) * Math.abs(difference) * error + (8 * d * std ** 2) / reference };
}

let table: AblationTable;
let rows: LeaderboardRow[];

test('the sweep runs through the API, a worker and the database, with one training run of no images', async () => {
  const { id } = await api.submit(spec);
  expect(await api.ended(id)).toMatchObject({ state: 'done', trials: ends.length, failures: [] });
  table = await api.get<AblationTable>(`/v1/sweeps/${id}/tables/sampler?metric=fid`);
  rows = (await api.get<{ groups: { rows: LeaderboardRow[] }[] }>(`/v1/sweeps/${id}/leaderboard?limit=200`)).groups.flatMap((group) => group.rows);
  expect(await here.sql(`select count(*)::int as trainings from stages where kind = 'train'`)).toEqual([{ trainings: 1 }]);
});

test.each(ends)('%s, %j in %i steps: the entry of the table is the known number', (label, _, steps, end) => {
  const entry = table.cells[table.rows.indexOf(label)]?.[table.columns.indexOf(String(steps))];
  const { fid, within } = expected(end);
  expect(Math.abs(entry!.mean - fid)).toBeLessThan(within);
});

test('x0-hat scored at every step begins where the closed form says and ends at the image', async () => {
  const found = await here.sql<{ sigmas: number[]; values: number[]; fid: number }>(`
    select l.details->'sigmas' as sigmas, m.details->'values' as values, f.value as fid
    from trials t join trial_stages s on s.trial_id = t.id and s.role = 'score' join trial_stages p on p.trial_id = t.id and p.role = 'sample'
    join metrics m on m.stage_id = s.stage_id and m.name = 'fid_trajectory'
    join metrics f on f.stage_id = s.stage_id and f.name = 'fid' join metrics l on l.stage_id = p.stage_id and l.name = 'noise_levels_out_of_range'`);
  expect(found).toHaveLength(ends.length);
  // the exact denoiser maps y ~ N(0, 80^2) to N(near the mean, (80 std^2 / (80^2 + std^2))^2)
  const first = d * (std - (80 * std ** 2) / (80 ** 2 + std ** 2)) ** 2;
  for (const { sigmas, values, fid } of found) {
    expect(values).toHaveLength(sigmas.length - 1);
    expect(Math.abs(values[0]! / first - 1)).toBeLessThan(0.05);
    // the last step goes from sigma 0.002 to 0 using x0-hat, alone or with the history of a multistep sampler
    expect(values.at(-1)).toBeCloseTo(fid, 4);
  }
});

test('the leaderboard ranks the sampling runs in the order of their known results', () => {
  // neighbours may swap by chance, but not if their known FIDs differ by more than both errors
  const fids = new Map(rows.map(({ config, metrics }) => [JSON.stringify([(config['sampler'] as { kind: string }).kind, (config['sampler'] as { eta?: number }).eta, config['steps']]), metrics['fid']!.mean]));
  const found = ends.map(([, sampler, steps, end]) => ({ ...expected(end), measured: fids.get(JSON.stringify([(sampler as { kind: string }).kind, (sampler as { eta?: number }).eta, steps]))! }));
  for (const one of found) for (const other of found) if (one.fid + one.within < other.fid - other.within) expect(one.measured).toBeLessThan(other.measured);
});
