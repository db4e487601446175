import { facetsOf } from '../facets.js';
import { type Axis, type CurvePanel, type Figure, type Row, type Series } from '../figure.js';
import { type Law, outsideSome, type Parts, type Walk } from '../parts.js';
import { endsOf, logSpaced, sampled, sigmaDomain } from '../sampled.js';

const name = 'noise level σ, units of the data';
const points = 601;

/** The density over ln sigma, where there is any; at ends of its law it falls to 0 upright. */
export function densityCurve({ levels }: Law, [from, to]: readonly [number, number]): Series['points'] {
  const { sigmaMin, sigmaMax } = levels.range;
  const at = (sigma: number): number => levels.density(Math.log(sigma));
  const endless = at(sigmaMin / 1.001) > 0;
  if (endless) return sampled(at, logSpaced(from, to, points));
  const inside = sampled(at, logSpaced(sigmaMin * (1 + 1e-9), sigmaMax * (1 - 1e-9), points));
  return [[sigmaMin, 0], ...inside, [sigmaMax, 0]];
}

/** The stretch that every training of a walk learnt from; undefined where they share none. */
function sharedRange({ laws }: Walk): [number, number] | undefined {
  const range: [number, number] = [Math.max(...laws.map(({ levels }) => levels.range.sigmaMin)), Math.min(...laws.map(({ levels }) => levels.range.sigmaMax))];
  return range[0] < range[1] ? range : undefined;
}

function rowOf(walk: Walk): Row {
  const band = sharedRange(walk);
  return { label: walk.label, ...(band && { band }), marks: walk.sigmas.map((sigma) => ({ x: sigma, outside: outsideSome(walk, sigma) })) };
}

function panelsOf(parts: Parts, domain: [number, number]): { panels: CurvePanel[]; notes: string[] } {
  const { laws, inputScales } = parts;
  const facets = facetsOf(inputScales, Math.max(...inputScales.map((b) => laws.filter(({ scales }) => scales.includes(b)).length)));
  const x: Axis = { label: name, scale: 'log', domain };
  const top = (series: readonly Series[]): number => endsOf(series.flatMap((one) => one.points.map(([, y]) => y)))[1] * 1.05;
  const drawn = laws.map((law) => ({ law, curve: densityCurve(law, domain) }));
  const panel = (series: Series[], title: string | undefined, height: number): CurvePanel => ({ kind: 'curves', ...(title !== undefined && { title }), x, y: { label: 'density over ln σ', scale: 'linear', domain: [0, height] }, series });
  if (facets.kind === 'panels') {
    const height = top(drawn.map(({ curve }) => ({ label: '', points: curve })));
    return { panels: facets.scales.map((b) => panel(drawn.filter(({ law }) => law.scales.includes(b)).map(({ law, curve }) => ({ label: law.shape, points: curve })), `b = ${b}`, height)), notes: [] };
  }
  const at = facets.kind === 'at-one' ? nearestToOne(inputScales) : undefined;
  const series = drawn.filter(({ law }) => at === undefined || law.scales.includes(at)).map(({ law, curve }) => ({ label: at === undefined ? law.label : law.shape, points: curve }));
  return { panels: [panel(series, at === undefined ? undefined : `b = ${at}`, top(series))], notes: at === undefined ? [] : [`Drawn at b = ${at}, one of ${inputScales.length} input scales. On a schedule, b moves ln σ by −ln b.`] };
}

const nearestToOne = (scales: readonly number[]): number => [...scales].sort((one, other) => Math.abs(Math.log(one)) - Math.abs(Math.log(other)))[0]!;

/** What trainings learn from, over the levels that walks visit. */
export function densityFigure(parts: Parts): Figure {
  const domain = sigmaDomain(parts);
  const { panels, notes } = panelsOf(parts, domain);
  const rows = parts.walks.filter(({ sigmas }) => sigmas.length > 0).map(rowOf);
  return {
    title: 'Noise levels: learnt from, and visited',
    subtitle: 'Above, the law of σ that a training draws from, as a density over ln σ (its area is 1, less what a schedule clips). Below, the levels σ of y = x0 + σ ε that each walk visits.',
    panels: [...panels, ...(rows.length > 0 ? [{ kind: 'rows' as const, title: 'Levels of the sampling grids', x: { label: name, scale: 'log' as const, domain }, rows }] : [])],
    columns: 1,
    legend: 'right',
    notes: [...notes, ...(rows.length > 0 ? ['Grey: the stretch that every training of the walk learnt from. Open circles: levels outside it, where some network was never trained. Where a walk ends is not drawn.'] : [])],
  };
}
