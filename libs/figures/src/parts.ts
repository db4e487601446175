import type { GridShape } from '@elucidate/diffusion/grids';
import { gridOf } from '@elucidate/diffusion/grids';
import { covers, noiseLevels, type NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import { type Schedule, scheduleOf } from '@elucidate/diffusion/schedules';
import { canonical } from '@elucidate/experiment/canonical';
import { selectValues } from '@elucidate/experiment/grid';
import { labelOf } from '@elucidate/experiment/labels';
import type { ParameterName, ParameterValues } from '@elucidate/experiment/parameters';
import type { Spec } from '@elucidate/experiment/spec';

/** The parts of a sweep that pictures are made of, each once, in the order of the sweep's cells. */

export interface NamedSchedule {
  label: string;
  schedule: Schedule;
}

/** Where trainings learn from: a law of sigma. */
export interface Law {
  /** "linear, b 0.5", or "log-normal(-1.2, 1.2)", which neither schedule nor b moves. */
  label: string;
  /** The same without b. */
  shape: string;
  /** The input scales it comes with. */
  scales: readonly number[];
  levels: NoiseLevels;
  /** Of the kind 'schedule' alone. */
  onSchedule: { schedule: Schedule; b: number } | undefined;
}

/** One walk: levels that a grid gives in so many steps, and the laws of the trainings it is walked with. */
export interface Walk {
  /** "karras(7, 0.02, 60), 10 steps". */
  label: string;
  grid: string;
  steps: number;
  /** Where each step starts: all but the level that the walk ends at, which no denoiser is asked for. None where the grid cannot be had. */
  sigmas: readonly number[];
  /** Why it cannot be had. */
  problem: string | undefined;
  laws: readonly Law[];
}

export interface Parts {
  cells: readonly ParameterValues[];
  /** Those trained on. */
  schedules: readonly NamedSchedule[];
  /** Those that grids walk on beside them. */
  gridSchedules: readonly NamedSchedule[];
  inputScales: readonly number[];
  laws: readonly Law[];
  walks: readonly Walk[];
}

/** Cells that agree on a key, grouped in the order in which the keys first come. */
export function grouped<T>(values: readonly T[], keyOf: (value: T) => unknown): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = canonical(keyOf(value));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return [...groups.values()];
}

/** The values of one parameter over all cells, each once. */
export function valuesOf<P extends ParameterName>(cells: readonly ParameterValues[], name: P): ParameterValues[P][] {
  return grouped(cells, (cell) => cell[name]).map(([first]) => first![name]);
}

const ofSchedule = ({ noiseDistribution }: ParameterValues): boolean => noiseDistribution.kind === 'schedule';

/** What moves the law of a cell. */
const lawKey = (cell: ParameterValues): unknown => (ofSchedule(cell) ? [cell.schedule, cell.inputScale] : [cell.noiseDistribution]);

function lawOf(cells: readonly ParameterValues[], manyScales: boolean): Law {
  const cell = cells[0]!;
  const [schedule, b] = [scheduleOf(cell.schedule), cell.inputScale];
  const onSchedule = ofSchedule(cell);
  const shape = onSchedule ? labelOf('schedule', cell.schedule) : labelOf('noiseDistribution', cell.noiseDistribution);
  return {
    label: onSchedule && manyScales ? `${shape}, b ${b}` : shape,
    shape,
    scales: valuesOf(cells, 'inputScale'),
    levels: noiseLevels(cell.noiseDistribution, { schedule, b }),
    onSchedule: onSchedule ? { schedule, b } : undefined,
  };
}

/** Grids in t lie where the schedule that they walk on puts them, and b moves them. */
const inT = (grid: ParameterValues['grid']): grid is Extract<ParameterValues['grid'], { kind: 'uniform-t' | 'variable-skip' }> => grid.kind === 'uniform-t' || grid.kind === 'variable-skip';

function walkKey({ grid, steps, schedule, inputScale }: ParameterValues): unknown {
  if (!inT(grid)) return [grid, steps];
  return [grid, steps, inputScale, ...(grid.schedule === undefined ? [schedule] : [])];
}

function levelsOf(cell: ParameterValues): Pick<Walk, 'sigmas' | 'problem'> {
  try {
    return { sigmas: gridOf(cell.grid as GridShape, cell.steps, { schedule: scheduleOf(cell.schedule), b: cell.inputScale }).slice(0, -1), problem: undefined };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { sigmas: [], problem: error.message };
  }
}

/** "1 step", "20 steps". */
export const stepsText = (steps: number): string => `${steps} ${steps === 1 ? 'step' : 'steps'}`;

/** What a grid is called: one in t by what it walks on too, where trainings differ in it. */
function gridLabel({ grid, schedule, inputScale }: ParameterValues, { schedules, inputScales }: Pick<Parts, 'schedules' | 'inputScales'>): string {
  const on = inT(grid) && grid.schedule === undefined && schedules.length > 1 ? [`on ${labelOf('schedule', schedule)}`] : [];
  const at = inT(grid) && inputScales.length > 1 ? [`b ${inputScale}`] : [];
  return [[labelOf('grid', grid), ...on].join(' '), ...at].join(', ');
}

/** Reads the parts out of every cell the sweep has: what `exclude` and `where` leave, and what `include` adds. */
export function partsOf(spec: Spec): Parts {
  const cells = selectValues(spec);
  const named = (shape: ParameterValues['schedule']): NamedSchedule => ({ label: labelOf('schedule', shape), schedule: scheduleOf(shape) });
  const trained = valuesOf(cells, 'schedule');
  const walked = valuesOf(cells, 'grid').flatMap((grid) => (inT(grid) && grid.schedule !== undefined ? [grid.schedule] : []));
  const inputScales = valuesOf(cells, 'inputScale');
  const schedules = trained.map(named);
  const laws = new Map(grouped(cells, lawKey).map((group) => [canonical(lawKey(group[0]!)), lawOf(group, inputScales.length > 1)]));
  const walks = grouped(cells, walkKey).map((group): Walk => {
    const grid = gridLabel(group[0]!, { schedules, inputScales });
    const keys = new Set(group.map((cell) => canonical(lawKey(cell))));
    return { label: `${grid}, ${stepsText(group[0]!.steps)}`, grid, steps: group[0]!.steps, ...levelsOf(group[0]!), laws: [...keys].map((key) => laws.get(key)!) };
  });
  const others = grouped(walked.filter((shape) => !trained.some((other) => canonical(other) === canonical(shape))), (shape) => shape);
  return { cells, schedules, gridSchedules: others.map(([first]) => named(first!)), inputScales, laws: [...laws.values()], walks };
}

/** Whether some training that the walk is walked with never learnt from this level. */
export const outsideSome = ({ laws }: Walk, sigma: number): boolean => laws.some(({ levels }) => !covers(levels.range, sigma));
