import { discreteLevels } from '@elucidate/diffusion/discretisations/iddpm';
import { lossWeight } from '@elucidate/diffusion/loss-weights';
import { outputScalings, scalings } from '@elucidate/diffusion/preconditioning';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { type StageParams } from '@elucidate/experiment/stages';
import { samplingDesign, type SampleParams, trainingDesign, type TrainParams } from './build.js';

/** What a preset expands to: the params of its training run and of its sampling run. */
function stagesOf(preset: string): { train: TrainParams; sample: SampleParams } {
  const { stages } = planSweep(parseSpec({ name: 'table 1', dataset: { name: 'fashion-mnist' }, preset, parameters: { steps: { value: 18 } } }));
  const paramsOf = <K extends 'train' | 'sample'>(kind: K) => stages.find((stage) => stage.kind === kind)!.params as StageParams<K>;
  return { train: paramsOf('train'), sample: paramsOf('sample') };
}

const sd = 0.5;
const sigmas = [0.05, 0.3, 1, 7, 60];
const [betaD, betaMin] = [19.9, 0.1];
const vpInverse = (sigma: number) => (Math.sqrt(betaMin ** 2 + 2 * betaD * Math.log1p(sigma ** 2)) - betaMin) / betaD;
const vpSigma = (t: number) => Math.sqrt(Math.exp(0.5 * betaD * t ** 2 + betaMin * t) - 1);
const u = discreteLevels({ levels: 1000, c1: 0.001, c2: 0.008 });
const nearest = (sigma: number) => u.reduce((best, level, j) => (Math.abs(level - sigma) < Math.abs(u[best]! - sigma) ? j : best), 0);
const over = (from: number, to: number) => (i: number) => from + (i / 17) * (to - from);

interface Column {
  cSkip(s: number): number;
  cOut(s: number): number;
  cIn(s: number): number;
  /** On the scale of our sinusoids: c_noise, times 999 for VP and 1,000 for iDDPM, whose index is rounded; VE's is ln(s/2) in the paper. */
  condition(s: number): number;
  rounding?: number;
  /** The median of the noise distribution. */
  median: number;
  lambda(s: number): number;
  /** Level of step i of 18. */
  level(i: number): number;
}

/** EDM, Table 1, as printed. */
const table: [string, Column][] = [
  ['vp', { cSkip: () => 1, cOut: (s) => -s, cIn: (s) => 1 / Math.sqrt(s ** 2 + 1), condition: vpInverse, median: vpSigma((1 + 1e-5) / 2), lambda: (s) => 1 / s ** 2, level: (i) => vpSigma(over(1, 1e-3)(i)) }],
  ['ve', { cSkip: () => 1, cOut: (s) => s, cIn: () => 1, condition: (s) => Math.log(s) / 4, median: Math.sqrt(0.02 * 100), lambda: (s) => 1 / s ** 2, level: (i) => Math.sqrt(100 ** 2 * (0.02 ** 2 / 100 ** 2) ** (i / 17)) }],
  ['iddpm', { cSkip: () => 1, cOut: (s) => -s, cIn: (s) => 1 / Math.sqrt(s ** 2 + 1), condition: (s) => (999 - nearest(s)) / 1000, rounding: 0.0016, median: u[499]!, lambda: (s) => 1 / s ** 2, level: (i) => u[Math.floor(8 + ((1000 - 1 - 8) / 17) * i + 0.5)]! }],
  ['edm', { cSkip: (s) => sd ** 2 / (s ** 2 + sd ** 2), cOut: (s) => (s * sd) / Math.sqrt(s ** 2 + sd ** 2), cIn: (s) => 1 / Math.sqrt(s ** 2 + sd ** 2), condition: (s) => Math.log(s) / 4, median: Math.exp(-1.2), lambda: (s) => (s ** 2 + sd ** 2) / (s * sd) ** 2, level: (i) => over(80 ** (1 / 7), 0.002 ** (1 / 7))(i) ** 7 }],
];

describe.each(table)('preset %s is its column of EDM\'s Table 1', (preset, column) => {
  const { train, sample } = stagesOf(preset);
  const { options, levels } = trainingDesign(train, sd);

  it.each(sigmas)('in its network at sigma %p', (sigma) => {
    const { cSkip, cOut, cIn } = scalings(options.kind, sigma, options);
    expect([cSkip, cOut, cIn].map((value, i) => value / [column.cSkip, column.cOut, column.cIn][i]!(sigma))).toEqual([1, 1, 1].map((one) => expect.closeTo(one, 12)));
    expect(Math.abs(options.conditioning(sigma) - column.condition(sigma))).toBeLessThan(column.rounding ?? 1e-12);
  });

  it('in its loss', () => {
    expect(levels.quantile(0.5) / column.median).toBeCloseTo(1, 9);
    for (const sigma of sigmas) {
      const onX0 = lossWeight(train.lossWeight, sigma, options) / outputScalings(options.kind, sigma, options).cOut ** 2;
      expect(onX0 / column.lambda(sigma)).toBeCloseTo(1, 10);
    }
  });

  it('in its levels', () => {
    const { sigmas: found } = samplingDesign({ params: train, sigmaData: 0.5 }, sample);
    found.slice(0, -1).forEach((sigma, i) => expect(sigma / column.level(i)).toBeCloseTo(1, 9));
  });
});
