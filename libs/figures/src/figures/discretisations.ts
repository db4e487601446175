import type { CurvePanel, Figure, Series } from '../figure.js';
import { stepsText, type SamplingRun } from '../parts.js';
import { endsOf } from '../sampled.js';

/** With more steps the dots would touch each other. */
const mostDots = 60;
const maxPanels = 6;

/** From 0 to the last step, with room for a dot at either end. */
const around = (last: number): [number, number] => [-0.02 * Math.max(1, last), Math.max(1, last) * 1.02];

const points = ({ sigmas }: SamplingRun): Series['points'] => sigmas.map((sigma, i) => [i, sigma] as const);

/** The level of each step of every sampling run; with several discretisations, one panel for each number of steps. */
export function discretisationsFigure(runs: readonly SamplingRun[]): Figure {
  const known = runs.filter(({ sigmas }) => sigmas.length > 0);
  const counts = [...new Set(known.map(({ steps }) => steps))];
  const kinds = new Set(known.map(({ discretisation }) => discretisation));
  const [least, greatest] = endsOf(known.flatMap((run) => run.sigmas));
  const domain = [least / 1.3, greatest * 1.3] as const;
  const panel = (chosen: readonly SamplingRun[], labelOf: (run: SamplingRun) => string, title?: string): CurvePanel => ({
    kind: 'curves',
    ...(title !== undefined && { title }),
    x: { label: 'step i', scale: 'linear', whole: true, domain: around(Math.max(...chosen.map(({ steps }) => steps)) - 1) },
    y: { label: 'σ of step i', scale: 'log', domain },
    series: chosen.map((run) => ({ label: labelOf(run), points: points(run), dots: run.steps <= mostDots })),
  });
  const separate = counts.length > 1 && counts.length <= maxPanels && kinds.size > 1;
  const panels = separate ? counts.map((steps) => panel(known.filter((run) => run.steps === steps), ({ discretisation }) => discretisation, stepsText(steps))) : [panel(known, ({ label }) => label)];
  return {
    title: 'Sampling discretisations',
    subtitle: 'The noise level σ at which each step starts, in units of the data; where the last one ends, at or near 0, is not drawn. As EDM (Karras et al. 2022), eq. 5 and Table 1.',
    panels,
    columns: Math.min(2, panels.length),
    legend: 'right',
    notes: runs.flatMap(({ label, problem, note }) => [problem, note].flatMap((text) => (text === undefined ? [] : [`${label}: ${text}.`]))),
  };
}
