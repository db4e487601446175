import { columnsFor, facetsOf } from '../facets.js';
import type { Axis, CurvePanel, Figure, Series } from '../figure.js';
import type { NamedSchedule, Parts } from '../parts.js';
import { sampled, spaced } from '../sampled.js';

const ts = spaced(0, 1, 401);
const x: Axis = { label: 'diffusion time t', scale: 'linear', domain: [0, 1] };

/** Limit for curves that go to infinity. */
const farthest = { low: -24, high: 16 } as const;
/** The fraction of t at either end that does not widen the axis. */
const tail = 0.01;

const curve = ({ schedule }: NamedSchedule, b: number): Series['points'] => sampled((t) => schedule.logSnr(t) + 2 * Math.log(b), ts);

/** The range of all curves without the outermost hundredths of t, rounded to multiples of 5. */
function domainOf(schedules: readonly NamedSchedule[], scales: readonly number[]): [number, number] {
  const ends = (t: number): number[] => schedules.flatMap(({ schedule }) => scales.map((b) => schedule.logSnr(t) + 2 * Math.log(b)));
  const low = Math.max(farthest.low, Math.min(...ends(1 - tail)));
  const high = Math.min(farthest.high, Math.max(...ends(tail)));
  return [Math.floor(low / 5) * 5, Math.max(Math.ceil(high / 5) * 5, Math.floor(low / 5) * 5 + 5)];
}

/** ln(gamma/(1 - gamma)) + 2 ln b of every schedule, at each input scale if they are few. */
export function logSnrFigure({ schedules, inputScales }: Pick<Parts, 'schedules' | 'inputScales'>): Figure {
  const facets = facetsOf(inputScales, schedules.length);
  const scales = facets.kind === 'at-one' ? [1] : inputScales;
  const y: Axis = { label: 'log SNR', scale: 'linear', domain: domainOf(schedules, scales) };
  const panel = (series: Series[], title?: string): CurvePanel => ({ kind: 'curves', ...(title !== undefined && { title }), x, y, series });
  const at = (b: number): Series[] => schedules.map((named) => ({ label: named.label, points: curve(named, b) }));
  const together = schedules.flatMap((named) => scales.map((b) => ({ label: scales.length > 1 ? `${named.label}, b ${b}` : named.label, points: curve(named, b) })));
  const panels = facets.kind === 'panels' ? scales.map((b) => panel(at(b), `b = ${b}`)) : [panel(together)];
  const single = scales.length === 1 ? ` Here b = ${scales[0]}.` : '';
  return {
    title: 'Signal to noise over diffusion time',
    subtitle: `log SNR = ln(γ/(1 − γ)) + 2 ln b, natural logarithm, for data of unit variance.${single} As Chen 2023, Fig. 3 and 5.`,
    panels,
    columns: columnsFor(panels.length),
    legend: 'right',
    notes: facets.kind === 'at-one' ? [`Drawn at b = 1. An input scale b moves a curve by 2 ln b: ${inputScales.map((b) => `b ${b} by ${(2 * Math.log(b)).toFixed(2)}`).join(', ')}.`.replaceAll(' -', ' −')] : [],
  };
}
