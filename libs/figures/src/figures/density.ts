import { facetsOf } from '../facets.js';
import { type Axis, type CurvePanel, type Figure, type Row, type Series } from '../figure.js';
import { type Distribution, outsideSome, type Parts, type SamplingRun } from '../parts.js';
import { endsOf, logSpaced, sampled, sigmaDomain } from '../sampled.js';

const name = 'noise level σ, units of the data';
const points = 601;

/** The density over ln sigma, where it exists; at the ends of a bounded distribution it drops to 0. */
export function densityCurve({ levels }: Distribution, [from, to]: readonly [number, number]): Series['points'] {
  const { sigmaMin, sigmaMax } = levels.range;
  const at = (sigma: number): number => levels.density(Math.log(sigma));
  const endless = at(sigmaMin / 1.001) > 0;
  if (endless) return sampled(at, logSpaced(from, to, points));
  const inside = sampled(at, logSpaced(sigmaMin * (1 + 1e-9), sigmaMax * (1 - 1e-9), points));
  return [[sigmaMin, 0], ...inside, [sigmaMax, 0]];
}

/** The range common to all training runs of a sampling run; undefined if there is none. */
function sharedRange({ distributions }: SamplingRun): [number, number] | undefined {
  const range: [number, number] = [Math.max(...distributions.map(({ levels }) => levels.range.sigmaMin)), Math.min(...distributions.map(({ levels }) => levels.range.sigmaMax))];
  return range[0] < range[1] ? range : undefined;
}

function rowOf(run: SamplingRun): Row {
  const band = sharedRange(run);
  return { label: run.label, ...(band && { band }), marks: run.sigmas.map((sigma) => ({ x: sigma, outside: outsideSome(run, sigma) })) };
}

function panelsOf(parts: Parts, domain: [number, number]): { panels: CurvePanel[]; notes: string[] } {
  const { distributions, inputScales } = parts;
  const facets = facetsOf(inputScales, Math.max(...inputScales.map((b) => distributions.filter(({ scales }) => scales.includes(b)).length)));
  const x: Axis = { label: name, scale: 'log', domain };
  const top = (series: readonly Series[]): number => endsOf(series.flatMap((one) => one.points.map(([, y]) => y)))[1] * 1.05;
  const drawn = distributions.map((distribution) => ({ distribution, curve: densityCurve(distribution, domain) }));
  const panel = (series: Series[], title: string | undefined, height: number): CurvePanel => ({ kind: 'curves', ...(title !== undefined && { title }), x, y: { label: 'density over ln σ', scale: 'linear', domain: [0, height] }, series });
  if (facets.kind === 'panels') {
    const height = top(drawn.map(({ curve }) => ({ label: '', points: curve })));
    return { panels: facets.scales.map((b) => panel(drawn.filter(({ distribution }) => distribution.scales.includes(b)).map(({ distribution, curve }) => ({ label: distribution.shape, points: curve })), `b = ${b}`, height)), notes: [] };
  }
  const at = facets.kind === 'at-one' ? nearestToOne(inputScales) : undefined;
  const series = drawn.filter(({ distribution }) => at === undefined || distribution.scales.includes(at)).map(({ distribution, curve }) => ({ label: at === undefined ? distribution.label : distribution.shape, points: curve }));
  return { panels: [panel(series, at === undefined ? undefined : `b = ${at}`, top(series))], notes: at === undefined ? [] : [`Drawn at b = ${at}, one of ${inputScales.length} input scales. On a schedule, b moves ln σ by −ln b.`] };
}

const nearestToOne = (scales: readonly number[]): number => [...scales].sort((one, other) => Math.abs(Math.log(one)) - Math.abs(Math.log(other)))[0]!;

/** The distributions that training runs draw from, over the levels that sampling visits. */
export function densityFigure(parts: Parts): Figure {
  const domain = sigmaDomain(parts);
  const { panels, notes } = panelsOf(parts, domain);
  const rows = parts.runs.filter(({ sigmas }) => sigmas.length > 0).map(rowOf);
  return {
    title: 'Noise levels: trained on, and visited',
    subtitle: 'Above, the distribution of σ that a training draws from, as a density over ln σ (its area is 1, less what a schedule clips). Below, the levels σ of y = x0 + σ ε that each sampling run visits.',
    panels: [...panels, ...(rows.length > 0 ? [{ kind: 'rows' as const, title: 'Levels of the sampling discretisations', x: { label: name, scale: 'log' as const, domain }, rows }] : [])],
    columns: 1,
    legend: 'right',
    notes: [...notes, ...(rows.length > 0 ? ['Grey: the range of σ that every training was trained on. Open circles: levels outside the range of some training. Where a run ends is not drawn.'] : [])],
  };
}
