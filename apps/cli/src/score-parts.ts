import { digits } from '@elucidate/experiment/estimate-text';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import type { CellDetail, MetricParts } from '@elucidate/store/queries/cell-detail';

/** What scores are made of, trial by trial. */
const partsIn = ({ stages }: CellDetail): [name: string, parts: MetricParts][] => stages.flatMap(({ details }) => Object.entries(details));

/** An extrapolated FID of the first trial that has one: what it is the end of. */
function extrapolationLines(detail: CellDetail): string[] {
  const [name, parts] = partsIn(detail).find(([, { sizes }]) => sizes !== undefined) ?? [];
  if (name === undefined || parts?.sizes === undefined) return [];
  const fids = parts.sizes.map(({ n, fid }) => `${digits('fid', fid)} of ${n} images`).join(', ');
  return [`  ${metricTitle(name)} of the first trial: [${digits(name, parts.low)}, ${digits(name, parts.high)}] over new images; FID ${fids}; the bias of all ${parts.sizes[0]!.n} is ${digits('fid', parts.bias)}, theory expects ${digits('fid', parts.expectedBias)}`];
}

interface ClassCounts {
  real: number;
  generated: number;
  /** Of the trials that know it. */
  coverage: number[];
}

/** Classes over all trials, from the metric that says most of them. */
function classLines(detail: CellDetail): string[] {
  const found = partsIn(detail).filter(([, { classes }]) => classes !== undefined);
  const chosen = (found.find(([, { classes }]) => classes!.some(({ coverage }) => coverage !== undefined)) ?? found[0])?.[0];
  const byName = new Map<string, ClassCounts>();
  for (const { name, real, generated, coverage } of found.filter(([metric]) => metric === chosen).flatMap(([, { classes }]) => classes!)) {
    const counts = byName.get(name) ?? { real: 0, generated: 0, coverage: [] };
    byName.set(name, { real: counts.real + real, generated: counts.generated + generated, coverage: [...counts.coverage, ...(coverage === undefined ? [] : [coverage])] });
  }
  const all = [...byName.values()];
  const totals = { real: all.reduce((sum, { real }) => sum + real, 0), generated: all.reduce((sum, { generated }) => sum + generated, 0) };
  const share = (count: number, total: number): string => `${((100 * count) / Math.max(1, total)).toFixed(1)} %`.padStart(7);
  const width = Math.max(0, ...[...byName.keys()].map((name) => name.length));
  return [...byName].map(([name, { real, generated, coverage }]) => `  ${name.padEnd(width)}  generated ${share(generated, totals.generated)}, real ${share(real, totals.real)}${coverage.length === 0 ? '' : `, coverage ${(coverage.reduce((sum, one) => sum + one, 0) / coverage.length).toFixed(3)}`}`);
}

/** What an extrapolated FID ends, and which classes the images are of; nothing where neither was requested. */
export function scorePartLines(detail: CellDetail): string[] {
  const classes = classLines(detail);
  return [...extrapolationLines(detail), ...(classes.length === 0 ? [] : ['', 'Classes, over all trials, by the nearest real image', ...classes])];
}
