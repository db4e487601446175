import { intercept } from '@elucidate/metrics/fid-at-infinity';
import { sizeCsv, sizePlot, type Extrapolated, type SizedCell } from './size-plot.js';

/** FID as theory has it: 20 and a bias of 800/n, and what a seed adds to all sizes alike. */
const fidAt = (n: number, seed = 0): number => 20 + seed + 800 / n;
const extrapolatedOf = (trainSeed: number): Extrapolated => {
  const sizes = [800, 400, 266].map((n) => ({ n, fid: fidAt(n, trainSeed) }));
  const value = intercept(sizes);
  return { trainSeed, sampleSeed: 1, value, low: value - 2, high: value + 2, expectedBias: 1, sizes };
};
const cellOf = (cellId: string, seeds: readonly number[], keys: Readonly<Record<string, (seed: number) => number>>, extrapolated: readonly number[] = []): SizedCell => ({
  cellId, config: { steps: cellId === 'a' ? 5 : 10 },
  scores: new Map(Object.entries(keys).map(([key, score]) => [key, seeds.map((train) => ({ train, sample: 1, value: score(train) }))])),
  extrapolated: extrapolated.map(extrapolatedOf),
});
const rest = { sweepId: 's', sweepName: 'sweep', images: 800, real: [], among: 2, basis: null };
const fid = { fid: (seed: number) => fidAt(800, seed), 'fid@100': (seed: number) => fidAt(100, seed), 'kid@100': () => 7 };

test('scores at several n and the extrapolation stand on the line in 1/n that made them, the interval over seeds is that of the seeds', () => {
  const { lines } = sizePlot([cellOf('a', [1, 2], fid, [1, 2]), cellOf('b', [1], { fid: () => 3 })], { ...rest, metric: 'fid' });
  expect(lines).toHaveLength(1);
  const [{ label, points, expectedBias }] = lines as [typeof lines[0]];
  expect([label, expectedBias, points.map(({ n, parts }) => [n, parts])]).toEqual(['steps 5', 1, [[null, false], [800, false], [400, true], [266, true], [100, false]]]);
  // seeds add 1 and 2: mean 1.5, and t(1) = 12.706 times sqrt(0.5 / 2)
  for (const { n, mean, interval, over, trials } of points) {
    expect(mean).toBeCloseTo(21.5 + (n === null ? 0 : 800 / n), 10);
    expect([over, trials, (interval!.high - interval!.low) / 2]).toEqual(['seeds', 2, expect.closeTo(6.353, 3)]);
  }
});

test('of one trial the extrapolation has its own interval, over new images; a picture needs two sizes', () => {
  const { lines } = sizePlot([cellOf('a', [1], { fid: fid.fid }, [1])], { ...rest, metric: 'fid' });
  expect(lines[0]!.points.map(({ n, interval, over }) => [n, interval, over])).toEqual([[null, { low: expect.closeTo(19, 10) as number, high: expect.closeTo(23, 10) as number }, 'images'], ...[800, 400, 266].map((n) => [n, null, null])]);
  expect(sizePlot([cellOf('a', [1], fid)], { ...rest, metric: 'kid' }).lines).toEqual([]);
  expect(sizePlot([cellOf('a', [1], { ...fid, kid: () => 6, 'kid(k 3)@50': () => 1 }, [1])], { ...rest, metric: 'kid' }).lines[0]!.points.map(({ n, mean }) => [n, mean])).toEqual([[800, 6], [100, 7]]);
});

test('CSV has a record for each size, n empty for infinitely many', () => {
  const [header, first, second] = sizeCsv(sizePlot([cellOf('a', [1], { fid: fid.fid }, [1])], { ...rest, metric: 'fid' })).split('\r\n');
  expect(header).toBe('cell,configuration,metric,n,mean,low,high,interval_over,trials,parts,evaluator,basis,weak');
  expect(first!.split(',').slice(0, 4)).toEqual(['a', 'all', 'fid', '']);
  expect(second!.split(',').slice(3, 5)).toEqual(['800', '22']);
});
