import type { CurvePanel, Figure, Point, RowPanel } from './figure.js';
import { inspectSpec, type FigureName } from './inspection.js';
import { specOf, wideSpec } from './spec.fixture.js';


function figureOf(name: FigureName, parameters: Record<string, unknown>, std?: number): Figure {
  return inspectSpec(specOf(parameters), { std }).figures.find((figure) => figure.name === name)!.figure;
}

const curvePanels = ({ panels }: Figure): CurvePanel[] => panels.filter((panel) => panel.kind === 'curves');
const seriesOf = (figure: Figure, label: string, panel = 0): readonly Point[] => curvePanels(figure)[panel]!.series.find((series) => series.label === label)!.points;
const at = (points: readonly Point[], x: number): number => points.find(([across]) => Math.abs(across - x) < 1e-9)![1];

it('says of a published list that its levels are of other data, and gives every level', () => {
  const spec = specOf({ discretisation: { values: [{ kind: 'align-your-steps', of: 'sdxl' }, { kind: 'list', levels: [9, 1, 0.1] }] }, steps: { value: 3 } });
  const { figures, runs } = inspectSpec(spec, {});
  expect(figures.find(({ name }) => name === 'discretisations')!.figure.notes).toEqual(['align-your-steps(sdxl), 3 steps: levels that were optimised for sdxl and its data, not for those of this sweep (Sabour et al. 2024).']);
  expect(runs[1]!.sigmas).toEqual([9, expect.closeTo(Math.exp(2 / 3 * Math.log(1) + Math.log(9) / 3), 12), expect.closeTo(10 ** (-1 / 3), 12)]);
});

it.each([
  [{ kind: 'list', in: 't', levels: [0.9, 0.5] }, 2, 4],
  [{ kind: 'list', in: 'gamma', levels: [0.1, 0.5] }, 2, 2],
  [{ kind: 'list', levels: [9, 1] }, 2, 1],
  [{ kind: 'beta' }, 2, 4],
  [{ kind: 'discrete', schedule: { kind: 'linear' } }, 2, 2],
])('%j is drawn once for each schedule and input scale that it follows', (discretisation, steps, expected) => {
  const spec = specOf({ schedule: { values: [{ kind: 'cosine' }, { kind: 'linear' }] }, inputScale: { values: [0.5, 1] }, discretisation: { value: discretisation }, steps: { value: steps } });
  expect(inspectSpec(spec, {}).runs).toHaveLength(expected);
});

describe('gamma', () => {
  /** Chen 2023, Alg. 1, at t = 0.1, 0.25, 0.5, 0.75, 0.9, in double precision. */
  it.each([
    ['linear', { kind: 'linear' }, [0.9, 0.75, 0.5, 0.25, 0.1]],
    ['cosine(0.2, 1, 1)', { kind: 'cosine', start: 0.2 }, [0.905145720, 0.723606798, 0.381966011, 0.105572809, 0.0173668014]],
    ['cosine(0.2, 1, 3)', { kind: 'cosine', start: 0.2, tau: 3 }, [0.741575727, 0.378885438, 0.0557280900, 0.00117667420, 5.23792787e-6]],
    ['sigmoid(-3, 3, 0.9)', { kind: 'sigmoid', tau: 0.9 }, [0.967217637, 0.866370288, 0.5, 0.133629712, 0.0327823633]],
    ['sigmoid(0, 3, 0.3)', { kind: 'sigmoid', start: 0, tau: 0.3 }, [0.537840881, 0.151639333, 0.0132961133, 0.00101485368, 1.56007579e-4]],
  ])('of %s goes through the values of its formula', (label, shape, expected) => {
    const points = seriesOf(figureOf('gamma', { schedule: { value: shape } }), label);
    [0.1, 0.25, 0.5, 0.75, 0.9].forEach((t, i) => expect(at(points, t)).toBeCloseTo(expected[i]!, 9));
    expect(points[0]).toEqual([0, 1]);
    expect(points.at(-1)).toEqual([1, 1e-9]);
  });

  it('draws schedules that only a discretisation uses, and says so', () => {
    const figure = figureOf('gamma', { schedule: { value: { kind: 'linear' } }, discretisation: { value: { kind: 'uniform-t', schedule: { kind: 'cosine' } } } });
    expect(curvePanels(figure)[0]!.series.map(({ label }) => label)).toEqual(['linear', 'cosine(0, 1, 1), discretisation only']);
    expect(figure.notes).toHaveLength(1);
  });
});

describe('log SNR', () => {
  const schedules = { values: [{ kind: 'linear' }, { kind: 'cosine' }] };

  it('has a panel for each of a few input scales, 2 ln b apart', () => {
    const figure = figureOf('log-snr', { schedule: schedules, inputScale: { values: [1, 0.1] } });
    expect(curvePanels(figure).map(({ title }) => title)).toEqual(['b = 1', 'b = 0.1']);
    const [one, tenth] = [seriesOf(figure, 'linear', 0), seriesOf(figure, 'linear', 1)];
    expect(at(one, 0.5)).toBeCloseTo(0, 12);
    expect(at(tenth, 0.5)).toBeCloseTo(-4.605170186, 9);
  });

  it('is drawn at b = 1 where there are many input scales, with a note on what b does', () => {
    const figure = figureOf('log-snr', { schedule: schedules, inputScale: { values: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7] } });
    expect(figure.panels).toHaveLength(1);
    expect(at(seriesOf(figure, 'linear'), 0.5)).toBeCloseTo(0, 12);
    expect(figure.notes[0]).toContain('b 0.1 by −4.61');
  });

  it('of one schedule has a curve for each input scale', () => {
    const figure = figureOf('log-snr', { schedule: { value: { kind: 'linear' } }, inputScale: { values: [0.5, 1] } });
    expect(curvePanels(figure)[0]!.series.map(({ label }) => label)).toEqual(['linear, b 0.5', 'linear, b 1']);
  });
});

describe('the density of noise levels', () => {
  const area = (points: readonly Point[]): number => points.slice(1).reduce((sum, [x, y], i) => sum + ((y + points[i]![1]) / 2) * Math.log(x / points[i]![0]), 0);

  it.each([
    ['linear', { schedule: { value: { kind: 'linear' } } }],
    ['cosine(0, 1, 1)', {}],
    ['sigmoid(0, 3, 0.5)', { schedule: { value: { kind: 'sigmoid', start: 0, tau: 0.5 } } }],
    ['log-uniform(0.02, 100)', { noiseDistribution: { value: { kind: 'log-uniform' } } }],
    ['log-normal(-1.2, 1.2)', { noiseDistribution: { value: { kind: 'log-normal' } } }],
  ])('of %s has an area of 1 over ln sigma', (label, parameters) => {
    const wide = { discretisation: { value: { kind: 'karras', sigmaMin: 1e-4, sigmaMax: 1e3 } } };
    expect(area(seriesOf(figureOf('density', { ...parameters, ...wide }), label))).toBeCloseTo(1, 3);
  });

  it('marks the levels of a sampling run outside the range of some training', () => {
    const figure = figureOf('density', { schedule: { values: [{ kind: 'linear' }, { kind: 'cosine' }] }, discretisation: { value: { kind: 'karras', sigmaMin: 0.02, sigmaMax: 60 } }, steps: { value: 5 } });
    const { rows } = figure.panels.find((panel): panel is RowPanel => panel.kind === 'rows')!;
    expect(rows).toHaveLength(1);
    expect(rows[0]!.marks.map(({ outside }) => outside)).toEqual([true, false, false, false, true]);
    expect(rows[0]!.band).toEqual([expect.closeTo(0.0316386, 6), expect.closeTo(31.60696, 4)]);
  });
});

describe('scalings', () => {
  const figure = () => figureOf('scalings', { parameterisation: { values: ['eps', 'x0', 'v', 'edm'] }, inputScale: { values: [0.5, 1] } }, 0.5);
  const values = (label: string, panel: number): readonly Point[] => seriesOf(figure(), label, panel);

  it('of EDM are those of its Table 1', () => {
    for (const [sigma, cSkip] of values('edm', 0)) expect(cSkip).toBeCloseTo(0.25 / (sigma ** 2 + 0.25), 12);
    for (const [sigma, cOut] of values('edm', 1)) expect(cOut).toBeCloseTo((sigma * 0.5) / Math.sqrt(sigma ** 2 + 0.25), 12);
  });

  it('with analytic normalisation give the network unit variance, one curve whatever the parameterisation', () => {
    expect(curvePanels(figure())[2]!.series.map(({ label }) => label)).toEqual(['input analytic']);
    for (const [sigma, cIn] of values('input analytic', 2)) expect(cIn ** 2 * (sigma ** 2 + 0.25)).toBeCloseTo(1, 12);
  });

  it('that input scale does not move are one curve, those that it moves are several', () => {
    expect(curvePanels(figure())[1]!.series.map(({ label }) => label)).toEqual(['eps', 'x0, b 0.5', 'x0, b 1', 'v, b 0.5', 'v, b 1', 'edm']);
  });

  it('say that the standard deviation is assumed if it was not measured', () => {
    expect(figureOf('scalings', {}).notes).toEqual([expect.stringContaining('0.5')]);
    expect(figureOf('scalings', {}, 0.63).notes).toEqual([]);
    expect(figureOf('scalings', { sigmaData: { value: 0.33 } }).notes).toEqual([]);
  });

  it('follow the data range', () => {
    const narrow = seriesOf(figureOf('scalings', { dataRange: { value: 0.5 }, parameterisation: { value: 'edm' } }, 0.6), 'edm', 0);
    for (const [sigma, cSkip] of narrow) expect(cSkip).toBeCloseTo(0.09 / (sigma ** 2 + 0.09), 12);
  });
});

test('a Karras discretisation has the levels of EDM, eq. 5', () => {
  const points = seriesOf(figureOf('discretisations', { discretisation: { value: { kind: 'karras' } }, steps: { value: 18 } }), 'karras(7, 0.002, 80), 18 steps');
  expect(points).toHaveLength(18);
  points.forEach(([i, sigma]) => expect(sigma / (80 ** (1 / 7) + (i / 17) * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7).toBeCloseTo(1, 10));
});

test('the level that a run ends at is not evaluated, even if a schedule ends above 0', () => {
  const parameters = { discretisation: { value: { kind: 'uniform-t', schedule: { kind: 'cosine-released' } } }, steps: { value: 5 } };
  expect(curvePanels(figureOf('discretisations', parameters))[0]!.series[0]!.points).toHaveLength(5);
  expect(inspectSpec(specOf(parameters)).runs[0]!.sigmaMin).toBeGreaterThan(0.1);
});

test('a discretisation that does not exist is named with the reason, not drawn', () => {
  const { figures, runs } = inspectSpec(specOf({ schedule: { value: { kind: 'linear', clipMin: 0.1 } }, discretisation: { values: [{ kind: 'uniform-t' }, { kind: 'karras' }] }, steps: { value: 30 } }));
  expect(runs[0]).toMatchObject({ sigmaMax: null, problem: expect.stringContaining('levels must fall') });
  const figure = figures.find(({ name }) => name === 'discretisations')!.figure;
  expect(curvePanels(figure)[0]!.series).toHaveLength(1);
  expect(figure.notes).toEqual([expect.stringContaining('uniform-t(0.99), 30 steps: ')]);
});

describe('the sampling path', () => {
  const baselines = { sampler: { value: { kind: 'euler' } }, discretisation: { value: { kind: 've' } }, samplingSchedule: { values: [{ kind: 'linear' }, { kind: 've' }] }, samplingScaling: { values: ['none', 'vp'] } };

  it('is drawn only if a sampler integrates over a time other than sigma', () => {
    expect(inspectSpec(specOf({})).figures.map(({ name }) => name)).not.toContain('sampling-path');
    expect(curvePanels(figureOf('sampling-path', baselines))[0]!.series.map(({ label }) => label)).toEqual(['linear', 'linear, scaling vp', 've', 've, scaling vp']);
  });

  it('is sigma(t) and s(t) of EDM, Table 1, from sigma 100', () => {
    const figure = figureOf('sampling-path', baselines);
    for (const [fraction, sigma] of seriesOf(figure, 've', 0)) expect(sigma / (100 * Math.sqrt(fraction))).toBeCloseTo(1, 10);
    for (const [fraction, scale] of seriesOf(figure, 'linear, scaling vp', 1)) expect(scale * Math.sqrt(1 + (100 * fraction) ** 2)).toBeCloseTo(1, 10);
  });
});

describe('the loss weight on the error of x0-hat', () => {
  it('is drawn only if weights or parameterisations differ', () => {
    expect(inspectSpec(specOf({})).figures.map(({ name }) => name)).not.toContain('loss-weight');
    expect(inspectSpec(specOf({ parameterisation: { values: ['eps', 'v'] } })).figures.map(({ name }) => name)).toContain('loss-weight');
  });

  it('is 1/sigma^2 for eps, and EDM\'s lambda for every parameterisation under its weight', () => {
    const figure = figureOf('loss-weight', { parameterisation: { values: ['eps', 'edm'] }, lossWeight: { values: [{ kind: 'uniform' }, { kind: 'edm' }] } }, 0.5);
    expect(curvePanels(figure)[0]!.series.map(({ label }) => label)).toEqual(['uniform, eps', 'edm = uniform, edm']);
    for (const [sigma, weight] of seriesOf(figure, 'uniform, eps')) expect(weight * sigma ** 2).toBeCloseTo(1, 10);
    for (const [sigma, weight] of seriesOf(figure, 'edm = uniform, edm')) expect((weight * (sigma * 0.5) ** 2) / (sigma ** 2 + 0.25)).toBeCloseTo(1, 10);
  });
});

describe('the numbers', () => {
  const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
  const logit = (p: number): number => Math.log(p / (1 - p));

  /** P(logSNR < 0): 1 minus the t at which gamma is 1/2, by hand from each formula; and the log SNR at t = 1/2. */
  it.each([
    [{ kind: 'linear' }, 0.5, 0],
    [{ kind: 'cosine', start: 0.2 }, 1 - (Math.acos(Math.cos(Math.PI / 10) * 0.5 ** 0.5) * (2 / Math.PI) - 0.2) / 0.8, -0.481],
    [{ kind: 'cosine', start: 0.2, tau: 3 }, 1 - (Math.acos(Math.cos(Math.PI / 10) * 0.5 ** (1 / 6)) * (2 / Math.PI) - 0.2) / 0.8, -2.830],
    [{ kind: 'sigmoid', start: 0, tau: 0.3 }, 1 - 0.1 * logit((logistic(10) + 0.5) / 2), -4.307],
    [{ kind: 'sigmoid', start: 0, tau: 1.1 }, 1 - (1.1 / 3) * logit((logistic(3 / 1.1) + 0.5) / 2), -0.734],
  ])('of %j are those of its formula', (schedule, fraction, median) => {
    const [training] = inspectSpec(specOf({ schedule: { value: schedule } })).noiseDistributions;
    expect(training!.fractionBelowZero).toBeCloseTo(fraction, 10);
    expect(training!.medianLogSnr).toBeCloseTo(median, 3);
  });

  it('of EDM\'s distribution: 15.87 % of its levels are above 1', () => {
    const [training] = inspectSpec(specOf({ noiseDistribution: { value: { kind: 'log-normal' } } })).noiseDistributions;
    expect(training).toMatchObject({ label: 'log-normal(-1.2, 1.2)', medianLogSnr: expect.closeTo(2.4, 9), fractionBelowZero: expect.closeTo(0.158655, 6) });
  });

  it('count the out-of-range levels, as the smallest and largest count over the training runs', () => {
    const { runs } = inspectSpec(specOf({ schedule: { values: [{ kind: 'linear' }, { kind: 'cosine' }] }, discretisation: { value: { kind: 'karras', sigmaMin: 0.02, sigmaMax: 60 } }, steps: { value: 5 } }));
    expect(runs).toEqual([expect.objectContaining({ sigmaMax: expect.closeTo(60, 9), sigmaMin: expect.closeTo(0.02, 9), levelsOutside: { least: 0, most: 2 }, guided: [] })]);
  });

  it('count the levels that each guidance guides', () => {
    const free = (scale: number, interval: object = {}) => ({ kind: 'classifier-free', scale, ...interval });
    const { runs } = inspectSpec(specOf({
      classCondition: { value: { kind: 'label' } }, guidance: { values: [{ kind: 'none' }, free(2), free(2, { sigmaLow: 0.3, sigmaHigh: 5 }), free(2, { sigmaLow: 70 }), free(1)] },
      discretisation: { value: { kind: 've', sigmaMin: 0.1, sigmaMax: 10 } }, steps: { value: 5 },
    }));
    // sigma 10, 3.16, 1, 0.316, 0.1
    expect(runs[0]!.guided).toEqual([
      { label: 'classifier-free(scale 2)', levels: 5 },
      { label: 'classifier-free(scale 2, sigmaLow 0.3, sigmaHigh 5)', levels: 3 },
      { label: 'classifier-free(scale 2, sigmaLow 70)', levels: 0 },
      { label: 'classifier-free(scale 1)', levels: 0 },
    ]);
  });
});

test('averages of the weights are drawn, with how closely snapshots give them; those that need none are not', () => {
  const guidance = { value: { kind: 'autoguidance', scale: 2, images: 5000, ema: { std: 0.1 } } };
  const spec = specOf({ ema: { values: ['trained', 'none', { std: 0.05 }, { halfLifeImages: 10_000 }] }, guidance }, { train: { images: 20_000, batch: 50, emaSnapshots: 32 } });
  const { averages, figures } = inspectSpec(spec);
  expect(averages.map(({ label }) => label)).toEqual(['std 0.05', 'half-life 10000 images', 'std 0.1']);
  expect(averages[0]).toMatchObject({ std: expect.closeTo(0.05, 9), error: expect.closeTo(0, 5) });
  expect(averages[1]).toMatchObject({ exponent: expect.closeTo(0, 9), std: expect.closeTo(Math.sqrt(1 / 12), 9), halfLifeImages: expect.closeTo(10_000, 6) });
  const { panels: [panel] } = figures.find(({ name }) => name === 'averages')!.figure;
  for (const { points } of panel!.kind === 'curves' ? panel!.series : []) {
    const area = points.slice(1).reduce((sum, [x, y], i) => sum + (x - points[i]![0]) * (y + points[i]![1]) / 2, 0);
    expect(area).toBeCloseTo(1, 2);
  }
  expect(inspectSpec(specOf({ ema: { values: ['trained', 'none'] } })).averages).toEqual([]);
});

test('a distribution that neither schedule nor input scale affects is listed once', () => {
  const { noiseDistributions } = inspectSpec(wideSpec());
  expect(noiseDistributions.map(({ label }) => label).filter((label) => label.startsWith('log-'))).toEqual(['log-normal(-1.2, 1.2)', 'log-uniform(0.02, 100)']);
  expect(noiseDistributions).toHaveLength(3 * 2 + 2);
});

test('only what some cell uses is drawn: exclude drops a schedule, include adds one', () => {
  const spec = specOf({ schedule: { values: [{ kind: 'linear' }, { kind: 'cosine' }] } }, { exclude: [{ schedule: { kind: 'cosine' } }], include: [{ schedule: { kind: 'sigmoid' } }] });
  expect(inspectSpec(spec).noiseDistributions.map(({ label }) => label)).toEqual(['linear', 'sigmoid(-3, 3, 1)']);
});
