import type { DiscretisationShape } from '@elucidate/diffusion/discretisations';
import { discretisationOf } from '@elucidate/diffusion/discretisations';
import { covers, noiseLevels, type NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import { type Schedule, scheduleOf } from '@elucidate/diffusion/schedules';
import { canonical } from '@elucidate/experiment/canonical';
import { selectCells } from '@elucidate/experiment/grid';
import { labelOf } from '@elucidate/experiment/labels';
import type { ParameterName, ParameterValues } from '@elucidate/experiment/parameters';
import type { Spec } from '@elucidate/experiment/spec';

/** The parts of a sweep that figures show, each once, in the order of the sweep's cells. */

export interface NamedSchedule {
  label: string;
  schedule: Schedule;
}

/** The distribution of sigma that training runs draw from. */
export interface Distribution {
  /** "linear, b 0.5", or "log-normal(-1.2, 1.2)", which neither schedule nor b affects. */
  label: string;
  /** The same without b. */
  shape: string;
  /** The input scales it is used with. */
  scales: readonly number[];
  levels: NoiseLevels;
  /** Only for the kind 'schedule'. */
  onSchedule: { schedule: Schedule; b: number } | undefined;
}

/** The levels of a discretisation with a number of steps, and the distributions of the training runs that are sampled at them. */
export interface SamplingRun {
  /** "karras(7, 0.02, 60), 10 steps". */
  label: string;
  discretisation: string;
  steps: number;
  /** Where each step starts: all but the last level, at which no denoiser is evaluated. Empty if the discretisation does not exist, or is chosen by a stage. */
  sigmas: readonly number[];
  /** Why it does not exist. */
  problem: string | undefined;
  /** What else to know of its levels. */
  note: string | undefined;
  distributions: readonly Distribution[];
  /** The guidance of its cells, each one once. */
  guidances: readonly GuidedCells[];
}

/** A guidance by its label. */
export interface GuidedCells {
  label: string;
  guidance: Exclude<ParameterValues['guidance'], { kind: 'none' }>;
}

export interface Parts {
  cells: readonly ParameterValues[];
  /** Those trained on. */
  schedules: readonly NamedSchedule[];
  /** Those that only discretisations use. */
  discretisationSchedules: readonly NamedSchedule[];
  inputScales: readonly number[];
  distributions: readonly Distribution[];
  runs: readonly SamplingRun[];
}

/** Cells that agree on a key, grouped in order of the keys' first appearance. */
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

/** What the distribution of a cell depends on. */
const distributionKey = (cell: ParameterValues): unknown => (ofSchedule(cell) ? [cell.schedule, cell.inputScale] : [cell.noiseDistribution]);

function distributionOf(cells: readonly ParameterValues[], manyScales: boolean): Distribution {
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

/** Kinds of discretisation that follow a schedule, their own or the training's, at the training's b. */
const alongSchedule = { 'uniform-t': true, 'variable-skip': true, 'uniform-log-snr': true, 'beta': true, 'discrete': true } as const;

type Discretisation = ParameterValues['discretisation'];

/** The schedule that a discretisation in t names: none, where it is the training's own. Undefined for those that follow no schedule. */
function onOf(discretisation: Discretisation): { schedule: ParameterValues['schedule'] | undefined } | undefined {
  if (discretisation.kind === 'list') return discretisation.in === 't' ? { schedule: discretisation.schedule } : undefined;
  return discretisation.kind in alongSchedule ? { schedule: (discretisation as Extract<Discretisation, { kind: keyof typeof alongSchedule }>).schedule } : undefined;
}

/** Whether its sigmas depend on the input scale. */
const onScale = (discretisation: Discretisation): boolean => onOf(discretisation) !== undefined || (discretisation.kind === 'list' && discretisation.in === 'gamma');

function runKey({ discretisation, steps, schedule, inputScale }: ParameterValues): unknown {
  const on = onOf(discretisation);
  return [discretisation, steps, ...(onScale(discretisation) ? [inputScale] : []), ...(on !== undefined && on.schedule === undefined ? [schedule] : [])];
}

function levelsOf(cell: ParameterValues): Pick<SamplingRun, 'sigmas' | 'problem'> {
  if (cell.discretisation.kind === 'optimised') return { sigmas: [], problem: undefined };
  try {
    return { sigmas: discretisationOf(cell.discretisation as DiscretisationShape, cell.steps, { schedule: scheduleOf(cell.schedule), b: cell.inputScale }).slice(0, -1), problem: undefined };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { sigmas: [], problem: error.message };
  }
}

/** Published lists are levels for other data; optimised ones are not known yet. */
function noteOf({ discretisation }: ParameterValues): string | undefined {
  if (discretisation.kind === 'align-your-steps') return `levels that were optimised for ${discretisation.of} and its data, not for those of this sweep (Sabour et al. 2024)`;
  return discretisation.kind === 'optimised' ? `levels that a stage of its own chooses for each trained network, out of ${discretisation.teacherSteps}; \`elucidate show\` has them once it is done` : undefined;
}

/** "1 step", "20 steps". */
export const stepsText = (steps: number): string => `${steps} ${steps === 1 ? 'step' : 'steps'}`;

/** The name of a discretisation; for one in t, also what it runs on, if training runs differ in it. */
function discretisationLabel({ discretisation, schedule, inputScale }: ParameterValues, { schedules, inputScales }: Pick<Parts, 'schedules' | 'inputScales'>): string {
  const along = onOf(discretisation);
  const on = along !== undefined && along.schedule === undefined && schedules.length > 1 ? [`on ${labelOf('schedule', schedule)}`] : [];
  const at = onScale(discretisation) && inputScales.length > 1 ? [`b ${inputScale}`] : [];
  return [[labelOf('discretisation', discretisation), ...on].join(' '), ...at].join(', ');
}

function guidancesOf(cells: readonly ParameterValues[]): GuidedCells[] {
  return valuesOf(cells, 'guidance').flatMap((guidance) => (guidance.kind === 'none' ? [] : [{ label: labelOf('guidance', guidance), guidance }]));
}

/** Reads the parts out of every cell the sweep has: those that `exclude` and `where` keep, and those that `include` adds. */
export function partsOf(spec: Spec): Parts {
  const cells = selectCells(spec, {});
  const named = (shape: ParameterValues['schedule']): NamedSchedule => ({ label: labelOf('schedule', shape), schedule: scheduleOf(shape) });
  const trained = valuesOf(cells, 'schedule');
  const used = valuesOf(cells, 'discretisation').flatMap((discretisation) => onOf(discretisation)?.schedule ?? []);
  const inputScales = valuesOf(cells, 'inputScale');
  const schedules = trained.map(named);
  const distributions = new Map(grouped(cells, distributionKey).map((group) => [canonical(distributionKey(group[0]!)), distributionOf(group, inputScales.length > 1)]));
  const runs = grouped(cells, runKey).map((group): SamplingRun => {
    const discretisation = discretisationLabel(group[0]!, { schedules, inputScales });
    const keys = new Set(group.map((cell) => canonical(distributionKey(cell))));
    return { label: `${discretisation}, ${stepsText(group[0]!.steps)}`, discretisation, steps: group[0]!.steps, ...levelsOf(group[0]!), note: noteOf(group[0]!), distributions: [...keys].map((key) => distributions.get(key)!), guidances: guidancesOf(group) };
  });
  const others = grouped(used.filter((shape) => !trained.some((other) => canonical(other) === canonical(shape))), (shape) => shape);
  return { cells, schedules, discretisationSchedules: others.map(([first]) => named(first!)), inputScales, distributions: [...distributions.values()], runs };
}

/** Whether this level is outside the range of some training run that the sampling run uses. */
export const outsideSome = ({ distributions }: SamplingRun, sigma: number): boolean => distributions.some(({ levels }) => !covers(levels.range, sigma));
