import { type SamplingPath, samplingPath } from '@elucidate/diffusion/sampling-path';
import { labelOf } from '@elucidate/experiment/labels';
import type { ParameterValues } from '@elucidate/experiment/parameters';
import type { CurvePanel, Figure } from '../figure.js';
import { grouped, type SamplingRun } from '../parts.js';
import { endsOf, sampled, spaced } from '../sampled.js';

/** Fractions of the time of a sampling run, 0 at its end; at 0 itself sigma is 0, which a log axis cannot show. */
const fractions = spaced(0, 1, 201).slice(1);

interface Path {
  label: string;
  path: SamplingPath;
}

function pathsOf(cells: readonly ParameterValues[]): Path[] {
  return grouped(cells, ({ samplingSchedule, samplingScaling }) => [samplingSchedule, samplingScaling]).map(([cell]) => {
    const { samplingSchedule, samplingScaling } = cell!;
    const scaling = samplingScaling === 'none' ? '' : `, scaling ${samplingScaling}`;
    return { label: `${labelOf('samplingSchedule', samplingSchedule)}${scaling}`, path: samplingPath(samplingSchedule, samplingScaling) };
  });
}

/** sigma(t) and s(t), from the highest level that any sampling starts at down to 0. */
export function samplingPathFigure(cells: readonly ParameterValues[], runs: readonly SamplingRun[]): Figure {
  const paths = pathsOf(cells);
  const [, highest] = endsOf(runs.flatMap(({ sigmas }) => sigmas));
  const panel = (label: string, scale: 'linear' | 'log', value: (path: SamplingPath, sigma: number) => number): CurvePanel => ({
    kind: 'curves',
    x: { label: `t, as a fraction of the t at σ = ${Number(highest.toPrecision(3))}`, scale: 'linear', domain: [0, 1] },
    y: { label, scale },
    series: paths.map(({ label: name, path }) => ({ label: name, points: sampled((fraction) => value(path, path.sigma(fraction * path.time(highest))), fractions) })),
  });
  return {
    title: 'Sampling schedule and scaling',
    subtitle: 'The noise level σ(t) and the factor s(t) of x = s (x0 + σ ε) over the time t that a sampler integrates. As EDM (Karras et al. 2022), Table 1.',
    panels: [panel('σ(t)', 'log', (_, sigma) => sigma), panel('s(t)', 'linear', (path, sigma) => path.scale(sigma))],
    columns: 2,
    legend: 'right',
    notes: [],
  };
}
