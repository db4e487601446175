import { axesOf, cellsAt } from './axes.js';
import { canonical } from './canonical.js';
import { isExact, isProgram } from './design.js';
import { discreteEnds } from './discrete-ends.js';
import { ElucidateError } from './errors.js';
import type { Problem } from './errors.js';
import { includedBy, keptPositions, remaining } from './grid.js';
import { largestAlpha } from './largest-alpha.js';
import type { ParameterValues } from './parameters.js';
import { oneOf, shortText } from './problem-text.js';
import { drawsNoise, endsAtZero, pathSamplers } from './sampling-grammar.js';
import { repeatProblems, seedsOf } from './repeats.js';
import type { Spec } from './spec.js';
import { callsPerStep, nfe } from './work.js';

/** Cells a sweep may have before anything is excluded. */
const maxCells = 100_000;
/** Cells times train seeds times sample seeds. */
const maxTrials = 250_000;

const lengthOf = (list: unknown): number => (Array.isArray(list) ? Math.max(1, list.length) : 1);
const membersOf = (record: unknown): Record<string, unknown> => (typeof record === 'object' && record !== null ? { ...record } : {});

/** Counts cells and trials of a document not yet validated, so that a grid that is too large is rejected before it is expanded. */
export function sizeProblems(document: unknown): Problem[] {
  const { method, parameters, seeds, include } = membersOf(document);
  const { kind, cells: drawn } = membersOf(method);
  const axes = Object.entries(membersOf(parameters)).map(([name, axis]) => ({ name, length: lengthOf(membersOf(axis).values) }));
  const cellsOver = (fixed: Record<string, unknown>): number => axes.reduce((count, { name, length }) => (Object.hasOwn(fixed, name) ? count : count * length), 1);
  const entries: readonly unknown[] = Array.isArray(include) ? include : [];
  const listed = entries.reduce<number>((count, entry) => count + cellsOver(membersOf(entry)), 0);
  const cells = kind === 'list' ? listed : kind === 'random' ? listed + (typeof drawn === 'number' ? drawn : 0) : listed + cellsOver({});
  const trials = cells * lengthOf(membersOf(seeds).train) * lengthOf(membersOf(seeds).sample);
  if (cells > maxCells) return [{ path: 'parameters', value: `${cells} cells`, expected: `at most ${maxCells} cells; drop values or split the sweep` }];
  return trials > maxTrials ? [{ path: 'seeds', value: `${trials} trials`, expected: `at most ${maxTrials} trials (cells times seeds); drop seeds or split the sweep` }] : [];
}

interface CellRule {
  path: string;
  broken(values: ParameterValues): boolean;
  value(values: ParameterValues): unknown;
  expected(values: ParameterValues): string;
}

const noProgram = "!has(network.kind) || network.kind != 'program'";
const drop = (condition: string) => `drop such cells, for example where: "${condition}"`;

/** Steps of the fast.ai lesson's variable skip: the t of 0 .. 999 that it visits. */
const variableSkipSteps = Array.from({ length: 1000 }, (_, t) => t).filter((t) => (t + 101) % Math.floor((t + 101) / 100) === 0).length;

/** The largest number of steps that EDM's iDDPM levels allow. */
const iddpmSteps = (discretisation: ParameterValues['discretisation']): number => (discretisation.kind === 'iddpm' ? discretisation.levels - discretisation.first : Infinity);

/** A run whose last timestep is 0 and that is to end there: its last step would go nowhere. */
const endsTwice = ({ discretisation, steps }: ParameterValues): boolean => discretisation.kind === 'discrete' && !endsAtZero(discretisation) && discreteEnds(discretisation, steps).last === 0;

const startsBeyond = ({ discretisation, steps }: ParameterValues): boolean => discretisation.kind === 'discrete' && discreteEnds(discretisation, steps).first >= discretisation.timesteps;

const inSigma = ({ samplingSchedule, samplingScaling }: ParameterValues): boolean => samplingSchedule.kind === 'linear' && samplingScaling === 'none';

/** `images` of a guide differ from those of the training; an exact denoiser is the same whatever the images. */
function guidedByItself({ guidance, network }: ParameterValues): boolean {
  if (guidance.kind !== 'autoguidance') return false;
  const alike = guidance.network === undefined || canonical(guidance.network) === canonical(network);
  return alike && (guidance.images === undefined || isExact(network));
}

/** Another average than the training's own. */
const averaged = ({ ema }: ParameterValues): boolean => ema.kind !== 'trained';

const averagesExactGuide = (values: ParameterValues): boolean => hasExactGuide(values) && values.guidance.kind === 'autoguidance' && values.guidance.ema !== undefined && values.guidance.ema.kind !== 'trained';

const hasExactGuide = ({ guidance }: ParameterValues): boolean => guidance.kind === 'autoguidance' && guidance.network !== undefined && isExact(guidance.network);

const guidesOrIsGuided = ({ guidance, network }: ParameterValues): boolean => guidance.kind === 'autoguidance' && [network, ...(guidance.network === undefined ? [] : [guidance.network])].some(isProgram);

function alphaTooLarge(values: ParameterValues): boolean {
  const { sampler } = values;
  return sampler.kind === 'second-order' && sampler.alpha > 1 && sampler.alpha >= largestAlpha(values);
}

function alphaBound(values: ParameterValues): string {
  const largest = largestAlpha(values);
  const { steps, discretisation: { kind }, samplingSchedule, samplingScaling } = values;
  return largest === 1
    ? `an alpha of at most 1 with the discretisation ${kind}, samplingSchedule ${samplingSchedule.kind} and samplingScaling ${samplingScaling}: more is accepted only for levels given in sigma, with linear and none, where it is known before sampling that a step stays above noise level 0`
    : `an alpha below ${largest.toPrecision(4)} with ${steps} steps of the discretisation ${kind}: with more, a step evaluates at a noise level of 0 or below`;
}

/** Combinations that do not mean what they seem to. */
const cellRules: readonly CellRule[] = [
  { path: 'parameters.steps', broken: ({ sampler, steps, discretisation }) => callsPerStep(sampler) > 1 && steps < 2 && endsAtZero(discretisation), value: ({ steps }) => steps, expected: ({ sampler }) => `at least 2 with ${sampler.kind}, whose last step is Euler's: with 1 it is euler; ${drop(`sampler.kind != '${sampler.kind}' || steps >= 2`)}` },
  { path: 'parameters.steps', broken: (values) => nfe(values) === 0, value: ({ steps }) => steps, expected: ({ sampler }) => `at least 2 with analyticFirst of ${sampler.kind}, which would never evaluate the network; ${drop('!has(sampler.analyticFirst) || steps >= 2')}` },
  { path: 'parameters.steps', broken: ({ discretisation, steps }) => discretisation.kind === 'optimised' && steps > discretisation.teacherSteps, value: ({ steps }) => steps, expected: ({ discretisation }) => `at most teacherSteps of the discretisation optimised (${discretisation.kind === 'optimised' ? discretisation.teacherSteps : 0}), whose levels it chooses from; ${drop("discretisation.kind != 'optimised' || steps <= discretisation.teacherSteps")}` },
  { path: 'parameters.sampler', broken: ({ discretisation, sampler }) => discretisation.kind === 'optimised' && drawsNoise(sampler), value: ({ sampler }) => sampler, expected: () => `a sampler without fresh noise with the discretisation optimised, which compares moves with one run of it: sChurn or eta of 0; ${drop("discretisation.kind != 'optimised'")}` },
  { path: 'parameters.discretisation', broken: (values) => values.discretisation.kind === 'optimised' && !inSigma(values), value: ({ discretisation }) => discretisation.kind, expected: ({ samplingSchedule, samplingScaling }) => `another than optimised with samplingSchedule ${samplingSchedule.kind} and samplingScaling ${samplingScaling}: its moves are in sigma; ${drop("discretisation.kind != 'optimised' || samplingSchedule.kind == 'linear' && samplingScaling == 'none'")}` },
  { path: 'parameters.discretisation', broken: ({ discretisation, noiseLevel }) => discretisation.kind === 'optimised' && noiseLevel.kind === 'predicted', value: ({ discretisation }) => discretisation.kind, expected: () => `another than optimised with noiseLevel predicted, whose levels are the estimator's; ${drop("discretisation.kind != 'optimised' || noiseLevel.kind != 'predicted'")}` },
  { path: 'parameters.discretisation', broken: ({ discretisation, network }) => discretisation.kind === 'optimised' && isProgram(network), value: ({ discretisation }) => discretisation.kind, expected: () => `another than optimised with a network that is a program, which does not return the states of its run; ${drop(`discretisation.kind != 'optimised' || ${noProgram}`)}` },
  { path: 'parameters.steps', broken: ({ discretisation, steps }) => discretisation.kind === 'discrete' && steps > discretisation.timesteps, value: ({ steps }) => steps, expected: ({ discretisation }) => `at most ${discretisation.kind === 'discrete' ? discretisation.timesteps : 0}, the timesteps that the discretisation discrete has; ${drop("discretisation.kind != 'discrete' || steps <= discretisation.timesteps")}` },
  { path: 'parameters.discretisation', broken: endsTwice, value: ({ discretisation }) => discretisation.kind, expected: ({ steps }) => `discrete without denoiseToZero: false, or with a spacing or an offset whose last of ${steps} timesteps is above 0: a run that does not go on to the image ends at timestep 0; ${drop("discretisation.kind != 'discrete' || !has(discretisation.denoiseToZero)")}` },
  { path: 'parameters.discretisation', broken: startsBeyond, value: ({ discretisation }) => discretisation.kind, expected: ({ discretisation, steps }) => `discrete with a smaller offset: ${steps} steps would start at timestep ${discretisation.kind === 'discrete' ? `${discreteEnds(discretisation, steps).first} of 0 to ${discretisation.timesteps - 1}` : ''}; ${drop("discretisation.kind != 'discrete' || !has(discretisation.offset)")}` },
  { path: 'parameters.steps', broken: ({ discretisation, steps }) => discretisation.kind === 'variable-skip' && steps !== variableSkipSteps, value: ({ steps }) => steps, expected: () => `${variableSkipSteps} with the discretisation variable-skip, which visits that many levels; ${drop(`discretisation.kind != 'variable-skip' || steps == ${variableSkipSteps}`)}` },
  { path: 'parameters.steps', broken: ({ discretisation, steps }) => steps > iddpmSteps(discretisation), value: ({ steps }) => steps, expected: ({ discretisation }) => `at most ${iddpmSteps(discretisation)}, the levels from first on that the discretisation iddpm has; ${drop(`discretisation.kind != 'iddpm' || steps <= ${iddpmSteps(discretisation)}`)}` },
  { path: 'parameters.sampler', broken: (values) => !inSigma(values) && !pathSamplers.includes(values.sampler.kind), value: ({ sampler }) => sampler.kind, expected: ({ samplingSchedule, samplingScaling }) => `${oneOf(pathSamplers)} with samplingSchedule ${samplingSchedule.kind} and samplingScaling ${samplingScaling}: the others integrate in sigma, with linear and none; ${drop("sampler.kind in ['euler', 'heun', 'second-order'] || samplingSchedule.kind == 'linear' && samplingScaling == 'none'")}` },
  { path: 'parameters.sampler', broken: alphaTooLarge, value: ({ sampler }) => sampler, expected: (values) => `${alphaBound(values)}; ${drop("sampler.kind != 'second-order' || sampler.alpha <= 1")}` },
  { path: 'parameters.noiseLevel', broken: ({ noiseLevel, network }) => noiseLevel.kind === 'predicted' && isExact(network), value: ({ noiseLevel }) => noiseLevel.kind, expected: () => `known with the network exact, which is given its level; ${drop("noiseLevel.kind != 'predicted' || network != 'exact'")}` },
  { path: 'parameters.noiseLevel', broken: (values) => values.noiseLevel.kind === 'predicted' && hasExactGuide(values), value: ({ noiseLevel }) => noiseLevel.kind, expected: () => `known with the network exact in autoguidance, which is given its level; ${drop("noiseLevel.kind != 'predicted' || guidance.kind != 'autoguidance' || !has(guidance.network) || guidance.network != 'exact'")}` },
  { path: 'parameters.noiseLevel', broken: ({ noiseLevel, network }) => noiseLevel.kind === 'predicted' && isProgram(network), value: ({ noiseLevel }) => noiseLevel.kind, expected: () => `known with a network that is a program: the trajectory that it is given has the level of each evaluation written in it; ${drop(`noiseLevel.kind != 'predicted' || ${noProgram}`)}` },
  { path: 'parameters.guidance', broken: guidesOrIsGuided, value: ({ guidance }) => guidance.kind, expected: () => `none or classifier-free with a network that is a program, or guided by one: autoguidance evaluates two networks in one process; ${drop(`guidance.kind != 'autoguidance' || ${noProgram}`)}` },
  { path: 'parameters.augmentation', broken: ({ augmentation, network }) => augmentation.kind === 'edm' && isProgram(network), value: ({ augmentation }) => augmentation.kind, expected: () => `none or flips with a network that is a program: it is not given the transformation of each image; ${drop(`augmentation.kind != 'edm' || ${noProgram}`)}` },
  { path: 'parameters.lossWeight', broken: ({ lossWeight, network }) => lossWeight.kind === 'learned' && isProgram(network), value: ({ lossWeight }) => lossWeight.kind, expected: () => `another than learned with a network that is a program: the table of levels that it is given has a weight written in each row; ${drop(`lossWeight.kind != 'learned' || ${noProgram}`)}` },
  { path: 'parameters.noisePairing', broken: ({ noisePairing, network }) => noisePairing === 'immiscible' && isProgram(network), value: ({ noisePairing }) => noisePairing, expected: () => `independent with a network that is a program, which draws its noise itself; ${drop(`noisePairing != 'immiscible' || ${noProgram}`)}` },
  { path: 'parameters.noisePairing', broken: ({ noisePairing, network }) => noisePairing === 'immiscible' && isExact(network), value: ({ noisePairing }) => noisePairing, expected: () => `independent with the network exact, which is not trained; ${drop("noisePairing != 'immiscible' || network != 'exact'")}` },
  { path: 'parameters.normalisation', broken: ({ parameterisation, normalisation }) => parameterisation === 'edm' && normalisation === 'none', value: ({ normalisation }) => normalisation, expected: () => `analytic or per-sample with edm, which always normalises its input; ${drop("parameterisation != 'edm' || normalisation != 'none'")}` },
  { path: 'parameters.guidance', broken: ({ guidance, classCondition }) => guidance.kind === 'classifier-free' && classCondition.kind === 'none', value: ({ guidance }) => guidance.kind, expected: () => `none with classCondition none, whose network is given no class to be guided by; give it one with classCondition: {value: {kind: label}} in parameters, or ${drop("guidance.kind != 'classifier-free' || classCondition.kind != 'none'")}` },
  { path: 'parameters.guidance', broken: ({ guidance, classCondition }) => guidance.kind === 'classifier-free' && classCondition.kind === 'label' && classCondition.labelDropout === 0, value: ({ guidance }) => guidance.kind, expected: () => `none with labelDropout 0 in classCondition, whose network never saw an image without its class; raise labelDropout, or ${drop("guidance.kind != 'classifier-free' || classCondition.labelDropout > 0")}` },
  { path: 'parameters.guidance', broken: guidedByItself, value: ({ guidance }) => guidance, expected: () => `another network in autoguidance than the cell's own, which would be guided by itself, or fewer images; ${drop("guidance.kind != 'autoguidance' || guidance.network != network")}` },
  { path: 'parameters.ema', broken: (values) => averaged(values) && isExact(values.network), value: ({ ema }) => ema, expected: () => `trained with the network exact, which has no weights; ${drop("ema.kind == 'trained' || network != 'exact'")}` },
  { path: 'parameters.ema', broken: (values) => averaged(values) && isProgram(values.network), value: ({ ema }) => ema, expected: () => `trained with a network that is a program, whose weights only it can read; ${drop(`ema.kind == 'trained' || ${noProgram}`)}` },
  { path: 'parameters.guidance', broken: averagesExactGuide, value: ({ guidance }) => guidance, expected: () => `no ema, or trained, in autoguidance by the network exact, which has no weights; ${drop("guidance.kind != 'autoguidance' || !has(guidance.ema) || guidance.network != 'exact'")}` },
  { path: 'parameters.classCondition', broken: ({ classCondition, network }) => classCondition.kind === 'label' && isExact(network), value: ({ classCondition }) => classCondition.kind, expected: () => `none with the network exact, which knows no classes; ${drop("classCondition.kind != 'label' || network != 'exact'")}` },
];

function cellProblems(cells: readonly ParameterValues[]): Problem[] {
  return cellRules.flatMap(({ path, broken, value, expected }) => {
    const cell = cells.find(broken);
    return cell === undefined ? [] : [{ path, value: shortText(value(cell)), expected: expected(cell) }];
  });
}

function excludeProblems({ exclude }: Spec, idle: readonly number[]): Problem[] {
  return idle.map((index) => ({ path: `exclude[${index}]`, value: shortText(exclude[index]), expected: 'values that some cell of the grid has' }));
}

/** The positions that are kept, or the problems with `where`. */
function filtered(spec: Spec, rest: readonly number[]): { kept: readonly number[]; problems: readonly Problem[] } {
  try {
    const kept = keptPositions(spec);
    const emptied = rest.length > 0 && kept.length === 0;
    return { kept, problems: emptied ? [{ path: 'where', value: shortText(spec.where), expected: `true for at least one of the ${rest.length} cells; it is false for all` }] : [] };
  } catch (error) {
    if (error instanceof ElucidateError) return { kept: [], problems: error.problems };
    throw error;
  }
}

/** A look at a race reads the trials of all its cells. */
const mostRacers = 2000;
const fieldProblems = ({ race }: Spec, cells: readonly unknown[]): Problem[] =>
  (race !== undefined && cells.length > mostRacers ? [{ path: 'race', value: `${cells.length} cells`, expected: `at most ${mostRacers} cells in a race` }] : []);

/** The seeds of `repeats` are known to be few enough only with the cells. */
function repeatedTrials(spec: Spec, cells: readonly ParameterValues[]): Problem[] {
  if (spec.repeats === undefined) return [];
  const trials = cells.reduce((sum, cell) => { const { train, sample } = seedsOf(spec, cell); return sum + train.length * sample.length; }, 0);
  return trials > maxTrials ? [{ path: 'repeats', value: `${trials} trials`, expected: `at most ${maxTrials} trials; drop seeds or cells` }] : [];
}

/** Problems of the grid as a whole: `where`, `include`, `exclude`, and cells that make no sense. */
export function gridProblems(spec: Spec): Problem[] {
  const { rest, idle } = remaining(spec);
  const { kept, problems } = filtered(spec, rest);
  const included = includedBy(spec);
  const empty = spec.method === 'grid' && rest.length === 0 && included.length === 0 ? [{ path: 'exclude', value: shortText(spec.exclude), expected: 'entries that leave at least one cell' }] : [];
  const cells = [...kept.map(cellsAt(axesOf(spec), {})), ...included];
  return [...excludeProblems(spec, idle), ...problems, ...empty, ...cellProblems(cells), ...repeatProblems(spec, cells), ...repeatedTrials(spec, cells), ...fieldProblems(spec, cells)];
}
