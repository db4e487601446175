import { ElucidateError } from './errors.js';
import { plotCsv } from './plot-csv.js';
import type { GridAxes } from './plot-axes.js';
import { picked, plotOf as drawn, plotRequestsOf, type PlotSource, type TrialsOf } from './plot-points.js';
import type { PlotCell, PlotRequest } from './plot.js';

const scales = [1, 0.5, 0.25];
const samplers = [{ kind: 'heun' }, { kind: 'ddim', eta: 0 }, { kind: 'ddim', eta: 1 }];
const steps = [5, 10];
const axis = (values: readonly unknown[], dimension: number | null) => ({ values, dimension });
const axes: GridAxes = new Map([['inputScale', axis(scales, 1)], ['sampler', axis(samplers, 2)], ['steps', axis(steps, 3)], ['schedule', axis([{ kind: 'linear' }], null)]]);

const meanAt = (b: number, sampler: number, step: number): number => 100 * b + 10 * sampler + step;
const places = scales.flatMap((_, b) => samplers.flatMap((__, sampler) => steps.map((___, step) => [b, sampler, step] as const)));
const cellAt = (place: readonly [number, number, number], more: Partial<PlotCell> = {}): PlotCell => ({
  cellId: place.join('-'), place, nfe: place[1] === 0 ? 2 * steps[place[2]]! - 1 : steps[place[2]]!, seconds: null, incomparable: false,
  estimate: { mean: meanAt(...place), min: meanAt(...place) - 1, max: meanAt(...place) + 2, count: 3, diverged: 0, n: 64, real: 1.5 }, ...more,
});
const source = (cells: readonly PlotCell[]): PlotSource => ({ sweepId: 's', sweepName: 'x', metric: 'fid', axes, cells, evaluator: 'e', work: null });
const plotOf = (given: PlotSource, request: PlotRequest, trialsOf?: TrialsOf) => drawn(picked(given, request), trialsOf === undefined ? {} : { trialsOf });
const all = source(places.map((place) => cellAt(place)));

test("the first picture of a sweep over scales, samplers and steps is the lesson's: by input scale, a line for each solver, a panel for each number of steps", () => {
  const plot = plotOf(all, {});
  expect([plot.x.path, plot.lines?.path, plot.facets?.path]).toEqual(['inputScale', 'sampler', 'steps']);
  expect(plot.x.values).toEqual([0.25, 0.5, 1]);
  expect(plot.lines?.values).toEqual(['heun', 'ddim(eta 0)', 'ddim(eta 1)']);
  expect(plot.points).toHaveLength(18);
  expect(plot).toMatchObject({ fixed: {}, chosen: [], cells: { drawn: 18, selected: 18 }, incomparable: 0, real: 1.5 });
});

test('every point has the mean, range and trials of its own configuration', () => {
  for (const { x, line, facet, ...point } of plotOf(all, {}).points) {
    const place = [scales.indexOf(Number(x)), ['heun', 'ddim(eta 0)', 'ddim(eta 1)'].indexOf(line!), steps.indexOf(Number(facet))] as const;
    expect(point).toEqual({ y: null, across: null, mean: meanAt(...place), min: meanAt(...place) - 1, max: meanAt(...place) + 2, count: 3, diverged: 0, cells: 1, cell: place.join('-'), confidence: null, trials: [] });
  }
});

test('what a picture does not show is fixed at what has the most scores, among those the best mean', () => {
  expect(plotOf(all, { lines: 'steps', facets: 'none' })).toMatchObject({ fixed: { sampler: 'heun' }, chosen: ['sampler'], cells: { drawn: 6, selected: 6 } });
  const holes = source(places.map((place) => cellAt(place, place[1] === 0 && place[0] === 0 ? { estimate: null } : {})));
  expect(plotOf(holes, { lines: 'steps', facets: 'none' })).toMatchObject({ fixed: { sampler: 'ddim(eta 0)' } });
  expect(plotOf(source(all.cells), { metric: 'fid', lines: 'steps', facets: 'none', fixed: { sampler: 'ddim(eta 1)' } })).toMatchObject({ fixed: { sampler: 'ddim(eta 1)' }, chosen: [] });
});

test('a metric for which higher is better is fixed at the highest', () => {
  expect(plotOf({ ...all, metric: 'precision' }, { lines: 'steps', facets: 'none' }).fixed).toEqual({ sampler: 'ddim(eta 1)' });
});

test('configurations that an axis does not tell apart are pooled, each by its trials', () => {
  const cells = [cellAt([0, 1, 0]), cellAt([0, 2, 0], { estimate: { mean: 40, min: 39, max: 41, count: 1, diverged: 2, n: 64, real: null } })];
  const [point] = plotOf(source(cells), { x: 'inputScale', lines: 'sampler.kind', facets: 'none' }).points;
  expect(point).toEqual({ x: 1, y: null, line: 'ddim', facet: null, across: null, mean: (3 * 10 + 40) / 4, min: 9, max: 41, count: 4, diverged: 2, cells: 2, cell: null, confidence: null, trials: [] });
});

describe('how sure a point is', () => {
  const trial = (train: number, value: number) => ({ train, sample: 1, value });
  const cells = [cellAt([0, 1, 0]), cellAt([0, 2, 0])];
  const one = [trial(1, 10), trial(2, 12), trial(3, 17)];
  const pointOf = (trialsOf: TrialsOf, lines: string) => plotOf(source(cells), { x: 'inputScale', lines, facets: 'none' }, trialsOf).points[0]!;

  it("of one configuration is the t interval of its own trials", () => {
    const { trials, confidence } = pointOf(new Map([['0-1-0', one]]), 'sampler');
    expect(trials).toEqual(one);
    // 13 and sqrt(13 / 3), with t(0.975, 2) = 4.302653
    expect(confidence).toMatchObject({ trainingRuns: 3, samples: 1, reach: 'training runs', interval: { low: expect.closeTo(13 - 4.302653 * Math.sqrt(13 / 3), 5), high: expect.closeTo(13 + 4.302653 * Math.sqrt(13 / 3), 5) } });
  });

  it('of several is that of their mean at each seed: what a seed does to all is one deviation, not several', () => {
    const { trials, confidence } = pointOf(new Map([['0-1-0', one], ['0-2-0', one.map(({ train, value }) => trial(train, value + 100))]]), 'sampler.kind');
    expect(trials).toEqual(one.map(({ train, value }) => trial(train, value + 50)));
    expect(confidence!.interval!.high - confidence!.interval!.low).toBeCloseTo(2 * 4.302653 * Math.sqrt(13 / 3), 4);
  });

  it('stands in the CSV beside its place and mean', () => {
    const plot = plotOf(source(cells), { x: 'inputScale', lines: 'sampler', facets: 'none' }, new Map([['0-1-0', one]]));
    const [header, record, ...rest] = plotCsv(plot).trimEnd().split('\r\n').map((line) => line.split(','));
    const fields = Object.fromEntries(header!.map((name, i) => [name, record![i]]));
    const { low, high } = plot.points[0]!.confidence!.interval!;
    expect(fields).toMatchObject({ inputScale: '1', sampler: 'ddim(eta 0)', metric: 'fid', mean: String(plot.points[0]!.mean), low: String(low), high: String(high), training_runs: '3', count: '3', n: '64', evaluator: 'e', real: '1.5' });
    expect(rest).toHaveLength(plot.points.length - 1);
  });

  it('of several without common seeds is not known', () => {
    expect(pointOf(new Map([['0-1-0', one], ['0-2-0', one.slice(1)]]), 'sampler.kind')).toMatchObject({ trials: [], confidence: null });
    expect(pointOf(new Map([['0-1-0', one], ['0-2-0', [...one.slice(1), trial(4, 1)]]]), 'sampler.kind')).toMatchObject({ trials: [], confidence: null });
  });
});

test('NFE is an axis, along which steps need not be fixed', () => {
  const plot = plotOf(all, { x: 'nfe', lines: 'sampler', facets: 'none' });
  expect(plot).toMatchObject({ chosen: ['inputScale'], fixed: { inputScale: '1' }, x: { values: [5, 9, 10, 19] } });
  expect(plot.points.filter(({ line }) => line === 'heun').map(({ x }) => x)).toEqual([9, 19]);
});

test('two axes make a heat map', () => {
  const plot = plotOf(all, { x: 'inputScale', y: 'sampler', facets: 'none' });
  expect(plot).toMatchObject({ y: { values: ['heun', 'ddim(eta 0)', 'ddim(eta 1)'] }, lines: null, chosen: ['steps'] });
  expect(plot.points).toHaveLength(9);
});

test('a configuration whose trials all diverged is a point without a mean; one without a score, or of another evaluator, is counted as not drawn', () => {
  const lost = { mean: null, min: 0, max: 0, count: 0, diverged: 3, n: 64, real: null };
  const cells = places.map((place, i) => cellAt(place, i === 0 ? { estimate: lost } : i === 1 ? { estimate: null } : i === 2 ? { estimate: null, incomparable: true } : {}));
  const plot = plotOf(source(cells), {});
  expect(plot).toMatchObject({ cells: { drawn: 16, selected: 18 }, incomparable: 1 });
  expect(plot.points[0]).toMatchObject({ mean: null, min: null, max: null, count: 0, diverged: 3 });
});

test.each([
  [{ x: 'inputscale' }, 'did you mean inputScale?'],
  [{ x: 'schedule' }, 'schedule does not vary in this sweep: it is linear; choose from inputScale, sampler, sampler.kind, sampler.eta, steps, nfe, sampleSeconds, totalSeconds'],
  [{ x: 'steps', lines: 'steps' }, 'steps is asked for twice'],
  [{ y: 'sampler', lines: 'steps' }, 'a heat map, which --y makes, has no lines'],
  [{ fixed: { sampler: 'euler' } }, '--fixed sampler:euler: the sweep has sampler heun or ddim(eta 0) or ddim(eta 1)'],
])('%j is refused with what would be right', (request, message) => {
  expect(() => plotOf(all, request)).toThrow(message);
  expect(() => plotOf(all, request)).toThrow(ElucidateError);
});

test('a sweep without scores, and one that varies nothing, say so', () => {
  expect(() => plotOf(source([cellAt([0, 0, 0], { estimate: null })]), {})).toThrow('has no fid to draw; `elucidate status');
  expect(() => plotOf({ ...all, axes: new Map([['steps', axis([5], null)]]) }, {})).toThrow('Nothing varies');
});

describe('the axes chosen', () => {
  const chosenFor = (varying: Record<string, readonly unknown[]>) => {
    const given = new Map(Object.entries(varying).map(([key, values], i) => [key, axis(values, i + 1)]));
    const cells = [{ ...cellAt([0, 0, 0]), place: Object.keys(varying).map(() => 0) }];
    const { x, lines, facets } = plotOf({ ...source(cells), axes: given }, {});
    return [x.path, lines?.path, facets?.path];
  };
  const tau = (value: number) => ({ kind: 'sigmoid', start: 0, end: 3, tau: value });

  it.each([
    [{ sampler: samplers, steps }, ['nfe', 'sampler', undefined]],
    [{ steps }, ['steps', undefined, undefined]],
    [{ schedule: [{ kind: 'linear' }, { kind: 'cosine' }], inputScale: scales, sampler: samplers, steps }, ['inputScale', 'sampler', 'schedule']],
    [{ schedule: [tau(0.3), tau(0.7)], sampler: samplers }, ['schedule.tau', 'sampler', undefined]],
    [{ sampler: samplers }, ['sampler', undefined, undefined]],
    [{ parameterisation: ['eps', 'v'], normalisation: ['none', 'analytic'] }, ['parameterisation', 'normalisation', undefined]],
  ])('of a sweep over %j show what varies', (varying, expected) => {
    expect(chosenFor(varying)).toEqual(expected);
  });

  it('leave a second picture, against the work of sampling, where steps vary and are not along x', () => {
    expect(plotRequestsOf(axes)).toEqual([{}, { x: 'nfe', lines: 'sampler', facets: 'none' }]);
    expect(plotRequestsOf(new Map([['steps', axis(steps, 1)]]))).toEqual([{}]);
    expect(plotRequestsOf(new Map())).toEqual([]);
  });
});
