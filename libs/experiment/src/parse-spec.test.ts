import fc from 'fast-check';
import { stringify } from 'yaml';
import { ElucidateError } from './errors.js';
import type { Problem } from './errors.js';
import { networks } from './design.js';
import { parseSpec } from './parse-spec.js';
import { least, writtenSpecs } from './spec.fixture.js';

function refused(input: unknown): ElucidateError {
  try {
    parseSpec(input);
  } catch (error) {
    if (error instanceof ElucidateError) return error;
    throw error;
  }
  throw new Error('the spec was taken');
}

const axis = (name: string, values: unknown) => ({ ...least, parameters: { [name]: { values } } });
const head = 'name: least\ndataset: {name: fashion-mnist}\n';
const many = (from: number, step: number) => Array.from({ length: 1000 }, (_, index) => from + index * step);

/** The input, and the one problem it must produce; `expected` is a substring of the text. */
const badInputs: [string, unknown, Problem][] = [
  ['an unknown key', { ...least, paramaters: {} }, { path: 'paramaters', value: '{}', expected: 'parameters', nearest: 'parameters' }],
  ['a parameter outside `parameters`', { ...least, steps: { value: 3 } }, { path: 'steps', value: '{"value":3}', expected: 'one of the keys', nearest: 'parameters.steps' }],
  ['an unknown key in a parameter', axis('schedule', [{ kind: 'cosine', tua: 2 }]), { path: 'parameters.schedule.values[0].tua', value: '2', expected: 'tau', nearest: 'tau' }],
  ['a misspelt kind', axis('sampler', [{ kind: 'ddim' }, { kind: 'huen' }]), { path: 'parameters.sampler.values[1].kind', value: '"huen"', expected: 'ddpm, ddim, euler, euler-ancestral', nearest: 'heun' }],
  ['a missing kind', axis('discretisation', [{}]), { path: 'parameters.discretisation.values[0].kind', value: 'nothing', expected: 'uniform-t, karras, exponential' }],
  ['a kind without its record', axis('sampler', [{ kind: 'ddim' }, 'huen']), { path: 'parameters.sampler.values[1]', value: '"huen"', expected: 'a record {kind: ...}, one of ddpm, ddim, euler', nearest: '{kind: heun}' }],
  ['a data set without its record', { name: 'a', dataset: 'fashion-mnits' }, { path: 'dataset', value: '"fashion-mnits"', expected: 'a record {name: ...}, one of fashion-mnist, mnist, folder', nearest: '{name: fashion-mnist}' }],
  ['a list in place of a record', { ...least, seeds: [1, 2] }, { path: 'seeds', value: '[1,2]', expected: 'a record with some of the keys train, sample' }],
  ['another name of a key', { ...least, train: { lr: 0.001 } }, { path: 'train.lr', value: '0.001', expected: 'one of the keys', nearest: 'learningRate' }],
  ['another name of a kind', axis('guidance', [{ kind: 'cfg', scale: 2 }]), { path: 'parameters.guidance.values[0].kind', value: '"cfg"', expected: 'none, classifier-free', nearest: 'classifier-free' }],
  ['a misspelt network', axis('network', ['tinny']), { path: 'parameters.network.values[0]', value: '"tinny"', expected: 'tiny, small, base, large, lesson, ddpm++, exact or a record', nearest: 'tiny' }],
  ['a parameter of another family', axis('sampler', [{ kind: 'heun', eta: 0 }]), { path: 'parameters.sampler.values[0].eta', value: '0', expected: 'no eta for heun: it belongs to ddim, euler-ancestral' }],
  ['an empty axis', axis('steps', []), { path: 'parameters.steps.values', value: '[]', expected: 'at least 1 entry' }],
  ['an axis with a value twice', axis('sampler', [{ kind: 'ddim' }, { kind: 'ddim', eta: 0 }]), { path: 'parameters.sampler.values[1]', value: '{"kind":"ddim","eta":0', expected: 'it equals parameters.sampler.values[0]' }],
  ['an axis without value or values', { ...least, parameters: { steps: 5 } }, { path: 'parameters.steps', value: '5', expected: '{value: ...} or {values: [..., ...]}', nearest: '{value: 5}' }],
  ['value and values at once', { ...least, parameters: { steps: { value: 5, values: [5] } } }, { path: 'parameters.steps', value: '{"value":5,"values":[5]}', expected: 'either' }],
  ['NaN', `${head}parameters: {inputScale: {value: .nan}}`, { path: 'parameters.inputScale.value', value: 'NaN', expected: 'a finite number' }],
  ['Infinity', axis('inputScale', [Infinity]), { path: 'parameters.inputScale.values[0]', value: 'Infinity', expected: 'a finite number' }],
  ['negative steps', axis('steps', [-5]), { path: 'parameters.steps.values[0]', value: '-5', expected: 'at least 1' }],
  ['half a step', axis('steps', [2.5]), { path: 'parameters.steps.values[0]', value: '2.5', expected: 'a whole number' }],
  ['a method that there is not', { ...least, method: 'bayes' }, { path: 'method', value: '"bayes"', expected: 'a record {kind: ...}, one of grid, random or list' }],
  ['the method random without a number of cells', { ...least, method: 'random', parameters: { steps: { values: [1, 2] } } }, { path: 'method.cells', value: 'nothing', expected: 'number' }],
  ['more cells than can be drawn', { ...least, method: { kind: 'random', cells: 3 }, parameters: { steps: { values: [1, 2] } } }, { path: 'method.cells', value: '3', expected: 'at most 2: no more different ones' }],
  ['a distribution of what is no number', { ...least, method: { kind: 'random', cells: 3 }, parameters: { sampler: { distribution: { kind: 'uniform', min: 0, max: 1 } } } }, { path: 'parameters.sampler.distribution', value: '0', expected: 'numbers that sampler takes' }],
  ['a distribution that leaves the bounds', { ...least, method: { kind: 'random', cells: 3 }, parameters: { learningRate: { distribution: { kind: 'log-uniform', min: 0.001, max: 2 } } } }, { path: 'parameters.learningRate.distribution', value: '2', expected: 'numbers that learningRate takes' }],
  ['fractions of steps', { ...least, method: { kind: 'random', cells: 3 }, parameters: { steps: { distribution: { kind: 'uniform', min: 1, max: 50 } } } }, { path: 'parameters.steps.distribution', value: '19.72', expected: 'numbers that steps takes' }],
  ['crossed ends of a distribution', { ...least, method: { kind: 'random', cells: 3 }, parameters: { steps: { distribution: { kind: 'integers', min: 9, max: 5 } } } }, { path: 'parameters.steps.distribution.min', value: '9', expected: 'at most max (5)' }],
  ['a distribution of a grid', { ...least, parameters: { inputScale: { distribution: { kind: 'uniform', min: 0.1, max: 1 } } } }, { path: 'parameters.inputScale.distribution', value: '{"kind":"uniform","min":0.1,"max":1}', expected: 'method: {kind: random' }],
  ['a list without cells', { ...least, method: 'list' }, { path: 'include', value: 'nothing', expected: 'the cells of a sweep with the method list' }],
  ['`exclude` with random cells', { ...least, method: { kind: 'random', cells: 2 }, parameters: { steps: { values: [1, 2] } }, exclude: [{ steps: 1 }] }, { path: 'exclude', value: '[{"steps":1}]', expected: 'say with `where`' }],
  ['an old name of a parameter', { ...least, parameters: { grid: { value: { kind: 'karras' } } } }, { path: 'parameters.grid', value: 'karras', expected: 'discretisation, the new name of grid', nearest: 'discretisation' }],
  ['an old name in `exclude`', { ...least, exclude: [{ grid: { kind: 'karras' } }] }, { path: 'exclude[0].grid', value: 'karras', expected: 'discretisation, the new name of grid', nearest: 'discretisation' }],
  ['an old name in `where`', { ...least, where: "grid.kind == 'karras'" }, { path: 'where', value: 'grid.kind', expected: 'discretisation, the new name of grid', nearest: 'discretisation' }],
  ['an empty `exclude` entry', { ...least, exclude: [{}] }, { path: 'exclude[0]', value: '{}', expected: 'at least one parameter' }],
  ['an old name of a key', { ...least, noiseLevelNetwork: { images: 0 } }, { path: 'noiseLevelNetwork', value: '{"images":0}', expected: 'noiseLevelEstimator, the new name of noiseLevelNetwork', nearest: 'noiseLevelEstimator' }],
  ['a missing key', { name: 'a' }, { path: 'dataset', value: 'nothing', expected: 'a record' }],
  ['a misspelt key that is needed', { name: 'a', datset: { name: 'fashion-mnist' } }, { path: 'datset', value: '{"name":"fashion-mnist"}', expected: 'dataset', nearest: 'dataset' }],
  ['a resolution there is not', { ...least, dataset: { name: 'fashion-mnist', resolution: 24 } }, { path: 'dataset.resolution', value: '24', expected: '16, 32 or 64' }],
  ['too few samples', { ...least, evaluate: { samples: 4 } }, { path: 'evaluate.samples', value: '4', expected: 'at least 8' }],
  ['a seed twice', { ...least, seeds: { train: [1, 2, 1] } }, { path: 'seeds.train[2]', value: '1', expected: 'it equals seeds.train[0]' }],
  ['edm without normalisation', { ...least, parameters: { parameterisation: { values: ['eps', 'edm'] }, normalisation: { values: ['none', 'analytic'] } } }, { path: 'parameters.normalisation', value: '"none"', expected: 'analytic or per-sample with edm' }],
  ['heun with one step', { ...least, parameters: { sampler: { value: { kind: 'heun' } }, steps: { values: [5, 1] } } }, { path: 'parameters.steps', value: '1', expected: 'at least 2 with heun' }],
  ['dpm-2 with one step', { ...least, parameters: { sampler: { value: { kind: 'dpm-2' } }, steps: { value: 1 } } }, { path: 'parameters.steps', value: '1', expected: 'at least 2 with dpm-2' }],
  ['a count of steps the variable skip has not', { ...least, parameters: { discretisation: { value: { kind: 'variable-skip' } }, steps: { value: 50 } } }, { path: 'parameters.steps', value: '50', expected: 'with the discretisation variable-skip' }],
  ['a sampler that knows no other time than sigma', { ...least, parameters: { sampler: { value: { kind: 'lms' } }, samplingSchedule: { value: { kind: 've' } } } }, { path: 'parameters.sampler', value: '"lms"', expected: 'euler, heun or second-order with samplingSchedule ve and samplingScaling none' }],
  ['more steps than iddpm has levels', { ...least, parameters: { discretisation: { value: { kind: 'iddpm', levels: 100 } }, steps: { value: 93 } } }, { path: 'parameters.steps', value: '93', expected: 'at most 92' }],
  ['a predicted level for an exact denoiser', { name: 'a', dataset: { name: 'gaussian', resolution: 16 }, train: { network: 'exact' }, parameters: { noiseLevel: { value: { kind: 'predicted' } } } }, { path: 'parameters.noiseLevel', value: '"predicted"', expected: 'known with the network exact' }],
  ['an eta above 1', axis('sampler', [{ kind: 'euler-ancestral', eta: 1.5 }]), { path: 'parameters.sampler.values[0].eta', value: '1.5', expected: 'at most 1' }],
  ['a fifth order', axis('sampler', [{ kind: 'lms', order: 5 }]), { path: 'parameters.sampler.values[0].order', value: '5', expected: 'at most 4' }],
  ['crossed ends of a discretisation', axis('discretisation', [{ kind: 'exponential', sigmaMin: 2, sigmaMax: 1 }]), { path: 'parameters.discretisation.values[0].sigmaMin', value: '2', expected: 'below sigmaMax (1)' }],
  ['a first call replaced with churn', axis('sampler', [{ kind: 'heun', sChurn: 5, analyticFirst: true }]), { path: 'parameters.sampler.values[0].analyticFirst', value: 'true', expected: 'none with sChurn 5' }],
  ['a first call replaced in a stochastic run', axis('sampler', [{ kind: 'ddim', eta: 0.5, analyticFirst: true }]), { path: 'parameters.sampler.values[0].analyticFirst', value: 'true', expected: 'none with eta 0.5' }],
  ['a first call replaced whose own noise is wanted', axis('sampler', [{ kind: 'ddim', noiseFrom: 'network', analyticFirst: true }]), { path: 'parameters.sampler.values[0].analyticFirst', value: 'true', expected: 'none with noiseFrom network' }],
  ['no call at all', { ...least, parameters: { sampler: { value: { kind: 'euler', analyticFirst: true } }, steps: { values: [3, 1] } } }, { path: 'parameters.steps', value: '1', expected: 'at least 2 with analyticFirst of euler' }],
  ['a first call replaced for a sampler that has none', axis('sampler', [{ kind: 'sa-solver', analyticFirst: true }]), { path: 'parameters.sampler.values[0].analyticFirst', value: 'true', expected: 'no analyticFirst for sa-solver' }],
  ['dpm-3 with one step', { ...least, parameters: { sampler: { value: { kind: 'dpm-3' } }, steps: { value: 1 } } }, { path: 'parameters.steps', value: '1', expected: 'at least 2 with dpm-3' }],
  ['iPNDM with variable steps by its own name', axis('sampler', [{ kind: 'ipndm_v' }]), { path: 'parameters.sampler.values[0].kind', value: '"ipndm_v"', expected: 'ddpm', nearest: 'lms' }],
  ['a list that rises', axis('discretisation', [{ kind: 'list', levels: [9, 1, 2] }]), { path: 'parameters.discretisation.values[0].levels[2]', value: '2', expected: 'less noise than at the level before, 1' }],
  ['a list of gamma that falls', axis('discretisation', [{ kind: 'list', in: 'gamma', levels: [0.5, 0.1] }]), { path: 'parameters.discretisation.values[0].levels[1]', value: '0.1', expected: 'less noise' }],
  ['a t beyond 1', axis('discretisation', [{ kind: 'list', in: 't', levels: [2, 0.1] }]), { path: 'parameters.discretisation.values[0].levels[0]', value: '2', expected: 'a t above 0, at most 1' }],
  ['a list of the image alone', axis('discretisation', [{ kind: 'list', levels: [0] }]), { path: 'parameters.discretisation.values[0].levels[0]', value: '0', expected: 'a sigma above 0' }],
  ['a list that ends with 0 and must not', axis('discretisation', [{ kind: 'list', levels: [9, 1, 0], denoiseToZero: false }]), { path: 'parameters.discretisation.values[0].levels[2]', value: '0', expected: 'denoiseToZero is false' }],
  ['a schedule for a list of sigmas', axis('discretisation', [{ kind: 'list', levels: [9, 1], schedule: { kind: 'linear' } }]), { path: 'parameters.discretisation.values[0].schedule', value: 'linear', expected: 'none with in sigma' }],
  ['crossed ends of levels in t', axis('discretisation', [{ kind: 'uniform-log-snr', start: 0.2, end: 0.5 }]), { path: 'parameters.discretisation.values[0].end', value: '0.5', expected: 'below start (0.2)' }],
  ['an offset for timesteps that are not leading', axis('discretisation', [{ kind: 'discrete', spacing: 'trailing', offset: 1 }]), { path: 'parameters.discretisation.values[0].offset', value: '1', expected: 'none with spacing trailing' }],
  ['more steps than timesteps', { ...least, parameters: { discretisation: { value: { kind: 'discrete', timesteps: 10 } }, steps: { value: 11 } } }, { path: 'parameters.steps', value: '11', expected: 'at most 10, the timesteps' }],
  ['timesteps that end at 0 twice', { ...least, parameters: { discretisation: { value: { kind: 'discrete', spacing: 'linspace', denoiseToZero: false } }, steps: { value: 10 } } }, { path: 'parameters.discretisation', value: '"discrete"', expected: 'whose last of 10 timesteps is above 0' }],
  ['timesteps beyond the last', { ...least, parameters: { discretisation: { value: { kind: 'discrete', spacing: 'leading', offset: 100 } }, steps: { value: 10 } } }, { path: 'parameters.discretisation', value: '"discrete"', expected: '10 steps would start at timestep 1000 of 0 to 999' }],
  ['more steps than a teacher has', { ...least, parameters: { discretisation: { value: { kind: 'optimised', teacherSteps: 10 } }, steps: { value: 11 } } }, { path: 'parameters.steps', value: '11', expected: 'at most teacherSteps of the discretisation optimised (10)' }],
  ['optimised levels of a stochastic sampler', { ...least, parameters: { discretisation: { value: { kind: 'optimised' } }, sampler: { value: { kind: 'euler', sChurn: 5 } } } }, { path: 'parameters.sampler', value: 'euler', expected: 'without fresh noise with the discretisation optimised' }],
  ['optimised levels in another time', { ...least, parameters: { discretisation: { value: { kind: 'optimised' } }, sampler: { value: { kind: 'euler' } }, samplingSchedule: { value: { kind: 've' } } } }, { path: 'parameters.discretisation', value: '"optimised"', expected: 'another than optimised with samplingSchedule ve' }],
  ['optimised levels and predicted ones', { ...least, parameters: { discretisation: { value: { kind: 'optimised' } }, noiseLevel: { value: { kind: 'predicted' } } } }, { path: 'parameters.discretisation', value: '"optimised"', expected: 'another than optimised with noiseLevel predicted' }],
  ['crossed ends of churn', axis('sampler', [{ kind: 'heun', sChurn: 5, sTmin: 2, sTmax: 1 }]), { path: 'parameters.sampler.values[0].sTmin', value: '2', expected: 'at most sTmax (1)' }],
  ['crossed ends of a noise distribution', axis('noiseDistribution', [{ kind: 'log-uniform', sigmaMin: 2, sigmaMax: 1 }]), { path: 'parameters.noiseDistribution.values[0].sigmaMin', value: '2', expected: 'sigmaMin must be below sigmaMax' }],
  ['an SNR cap for a weight that has none', axis('lossWeight', [{ kind: 'edm', snrCap: 5 }]), { path: 'parameters.lossWeight.values[0].snrCap', value: '5', expected: 'no snrCap for edm: it belongs to min-snr or soft-min-snr' }],
  ['a data range there is not', axis('dataRange', [2]), { path: 'parameters.dataRange.values[0]', value: '2', expected: '1 or 0.5' }],
  ['guidance of a network that is given no class', axis('guidance', [{ kind: 'classifier-free', scale: 2 }]), { path: 'parameters.guidance', value: '"classifier-free"', expected: 'none with classCondition none' }],
  ['guidance of a network trained without label dropout', { ...least, parameters: { guidance: { value: { kind: 'classifier-free', scale: 2 } }, classCondition: { value: { kind: 'label', labelDropout: 0 } } } }, { path: 'parameters.guidance', value: '"classifier-free"', expected: 'none with labelDropout 0 in classCondition' }],
  ['classes of data without labels', { name: 'a', dataset: { name: 'mixture' }, parameters: { classCondition: { values: [{ kind: 'none' }, { kind: 'label' }] } } }, { path: 'parameters.classCondition.values[1]', value: '"kind":"label"', expected: 'no labels in the data set mixture' }],
  ['classes of a flat folder', { name: 'a', dataset: { name: 'folder', contents: 'a'.repeat(64) }, parameters: { classCondition: { value: { kind: 'label' } } } }, { path: 'parameters.classCondition.values[0]', value: '"kind":"label"', expected: 'no `classes`' }],
  ['classes of data without labels, included', { name: 'a', dataset: { name: 'gaussian' }, include: [{ classCondition: { kind: 'label' } }] }, { path: 'include[0].classCondition', value: '"kind":"label"', expected: 'no labels in the data set gaussian' }],
  ['crossed ends of guidance', { ...least, parameters: { classCondition: { value: { kind: 'label' } }, guidance: { value: { kind: 'classifier-free', scale: 2, sigmaLow: 3, sigmaHigh: 2 } } } }, { path: 'parameters.guidance.values[0].sigmaLow', value: '3', expected: 'below sigmaHigh (2)' }],
  ['crossed ends of guidance, included', { ...least, parameters: { classCondition: { value: { kind: 'label' } } }, include: [{ guidance: { kind: 'classifier-free', scale: 2, sigmaLow: 3, sigmaHigh: 2 } }] }, { path: 'include[0].guidance.sigmaLow', value: '3', expected: 'below sigmaHigh (2)' }],
  ['crossed ends of autoguidance', axis('guidance', [{ kind: 'autoguidance', scale: 2, images: 0, sigmaLow: 3, sigmaHigh: 2 }]), { path: 'parameters.guidance.values[0].sigmaLow', value: '3', expected: 'below sigmaHigh (2)' }],
  ['a guide that is not described', axis('guidance', [{ kind: 'autoguidance', scale: 2 }]), { path: 'parameters.guidance.values[0]', value: '"autoguidance"', expected: 'network, images or both' }],
  ['a guide that is the network itself', { ...least, train: { network: 'tiny' }, parameters: { guidance: { value: { kind: 'autoguidance', scale: 2, network: 'tiny' } } } }, { path: 'parameters.guidance', value: '"autoguidance"', expected: "guided by itself, or fewer images; drop such cells, for example where: \"guidance.kind != 'autoguidance'" }],
  ['an exact guide of an exact denoiser', { name: 'a', dataset: { name: 'gaussian' }, train: { network: 'exact' }, parameters: { guidance: { value: { kind: 'autoguidance', scale: 2, images: 5000 } } } }, { path: 'parameters.guidance', value: '"autoguidance"', expected: 'would be guided by itself' }],
  ['a predicted level for an exact guide', { name: 'a', dataset: { name: 'gaussian', resolution: 16 }, parameters: { noiseLevel: { value: { kind: 'predicted' } }, guidance: { value: { kind: 'autoguidance', scale: 2, network: 'exact' } } } }, { path: 'parameters.noiseLevel', value: '"predicted"', expected: 'known with the network exact in autoguidance' }],
  ['a guide trained on as many images', { ...least, train: { images: 5000 }, include: [{ guidance: { kind: 'autoguidance', scale: 2, images: 5000 } }] }, { path: 'include[0].guidance.images', value: '5000', expected: 'another number than train.images' }],
  ['a guide trained on less than a batch', axis('guidance', [{ kind: 'autoguidance', scale: 2, images: 5 }]), { path: 'parameters.guidance.values[0].images', value: '5', expected: 'at least one batch (128)' }],
  ['a guide that cannot be built', axis('guidance', [{ kind: 'autoguidance', scale: 2, network: 'exact' }]), { path: 'parameters.guidance.values[0].network', value: '"exact"', expected: 'known for gaussian and mixture data' }],
  ['an average that no training keeps anything for', axis('ema', [{ kind: 'none' }, { std: 0.1 }]), { path: 'parameters.ema.values[1]', value: '0.1', expected: 'trained or none, or set train.emaSnapshots, to 64 for instance' }],
  ['an average of a guide that no training keeps anything for', axis('guidance', [{ kind: 'autoguidance', scale: 2, images: 5000, ema: { std: 0.1 } }]), { path: 'parameters.guidance.values[0].ema', value: '0.1', expected: 'set train.emaSnapshots' }],
  ['an average by both its lengths', axis('ema', [{ std: 0.1, halfLifeImages: 500 }]), { path: 'parameters.ema.values[0]', value: '0.1', expected: 'either std or halfLifeImages' }],
  ['a half-life that is longer than half the training', { ...least, train: { images: 5000, emaSnapshots: 8 }, parameters: { ema: { values: [{ halfLifeImages: 2500 }, { halfLifeImages: 2600 }] } } }, { path: 'parameters.ema.values[1].halfLifeImages', value: '2600', expected: 'at most half of train.images, 2500: there all steps count alike' }],
  ["a half-life that is too long for the guide's training", { ...least, train: { images: 5000, emaSnapshots: 8 }, parameters: { ema: { value: { halfLifeImages: 800 } }, guidance: { value: { kind: 'autoguidance', scale: 2, images: 1000 } } } }, { path: 'parameters.guidance.values[0].images', value: '1000', expected: 'at least 1600, twice the half-life of `ema`' }],
  ['an average of no weights', { name: 'a', dataset: { name: 'gaussian' }, train: { network: 'exact' }, parameters: { ema: { value: 'none' } } }, { path: 'parameters.ema', value: '"none"', expected: "trained with the network exact, which has no weights; drop such cells, for example where: \"ema.kind == 'trained'" }],
  ['noise assigned in a batch of one', { ...least, train: { batch: 1 }, parameters: { noisePairing: { values: ['independent', 'immiscible'] } } }, { path: 'parameters.noisePairing.values[1]', value: '"immiscible"', expected: 'independent with train.batch 1' }],
  ['noise assigned for a network that is not trained', { name: 'a', dataset: { name: 'gaussian' }, train: { network: 'exact' }, parameters: { noisePairing: { value: 'immiscible' } } }, { path: 'parameters.noisePairing', value: '"immiscible"', expected: 'independent with the network exact' }],
  ['noise assigned by its other name', axis('coupling', ['immiscible']), { path: 'parameters.coupling', value: '', expected: 'noisePairing', nearest: 'noisePairing' }],
  ['an average of an exact guide', { name: 'a', dataset: { name: 'gaussian', resolution: 16 }, parameters: { guidance: { value: { kind: 'autoguidance', scale: 2, network: 'exact', ema: 'none' } } } }, { path: 'parameters.guidance', value: '"autoguidance"', expected: 'no ema, or trained' }],
  ['channels that groups do not divide, included', { ...least, include: [{ network: { channels: [12], blocks: 1, groups: 8 } }] }, { path: 'include[0].network.channels', value: '[12]', expected: 'groups (8)' }],
  ['a discretisation that rises, included', { ...least, include: [{ discretisation: { kind: 'karras', sigmaMin: 2, sigmaMax: 1 } }] }, { path: 'include[0].discretisation.sigmaMin', value: '2', expected: 'below sigmaMax (1)' }],
  ['an exact denoiser of real images', { ...least, train: { network: 'exact' } }, { path: 'parameters.network.values[0]', value: '"exact"', expected: 'known for gaussian and mixture data' }],
  ['a classifier on synthetic data', { name: 'a', dataset: { name: 'gaussian' }, evaluate: { extractor: { kind: 'standard' } } }, { path: 'evaluate.extractor.kind', value: '"standard"', expected: 'identity for gaussian data', nearest: 'identity' }],
  ['a folder not yet imported', { name: 'a', dataset: { name: 'folder', path: './cats' } }, { path: 'dataset.contents', value: 'nothing', expected: 'elucidate dataset add ./cats' }],
  ['a folder without a path', { name: 'a', dataset: { name: 'folder' } }, { path: 'dataset.path', value: 'nothing', expected: 'a path to the folder' }],
  ['a data set there is not', { name: 'a', dataset: { name: 'fashion-mnits' } }, { path: 'dataset.name', value: '"fashion-mnits"', expected: 'fashion-mnist, mnist, folder', nearest: 'fashion-mnist' }],
  ['crossed ends of a schedule', axis('schedule', [{ kind: 'cosine', start: 0.9, end: 0.1 }]), { path: 'parameters.schedule.values[0].start', value: '0.9', expected: 'start must be below end' }],
  ['a sigmoid that is flat where it starts', axis('schedule', [{ kind: 'sigmoid', start: -200, end: -100 }]), { path: 'parameters.schedule.values[0]', value: '-200', expected: 'with which gamma falls' }],
  ['a sigmoid that has fallen', axis('schedule', [{ kind: 'sigmoid', start: 1000, end: 2000 }]), { path: 'parameters.schedule.values[0]', value: '1000', expected: 'too small for a float64' }],
  ['a cosine of no length', axis('schedule', [{ kind: 'cosine', end: 1e-9 }]), { path: 'parameters.schedule.values[0]', value: '1e-9', expected: 'with which gamma falls' }],
  ['a cosine to a power that no float64 holds', axis('schedule', [{ kind: 'cosine', start: 0.5, tau: 1e4 }]), { path: 'parameters.schedule.values[0]', value: '0.5', expected: 'with which gamma falls' }],
  ['betas that add no noise', axis('schedule', [{ kind: 'beta-linear', betaMin: 1e-300, betaMax: 1e-300 }]), { path: 'parameters.schedule.values[0]', value: '1e-300', expected: 'with which gamma falls' }],
  ['a flat schedule within another', axis('schedule', [{ kind: 'zero-terminal-snr', of: { kind: 'beta-linear', betaMin: 1e-300, betaMax: 1e-300 } }]), { path: 'parameters.schedule.values[0].of', value: '1e-300', expected: 'with which gamma falls' }],
  ['crossed ends within another schedule', axis('schedule', [{ kind: 'zero-terminal-snr', of: { kind: 'log', start: 3, end: 2 } }]), { path: 'parameters.schedule.values[0].of.start', value: '3', expected: 'start must be below end' }],
  ['a flat schedule of a discretisation', axis('discretisation', [{ kind: 'uniform-t', schedule: { kind: 'vp', betaD: 1e-300, betaMin: 1e-300 } }]), { path: 'parameters.discretisation.values[0].schedule', value: '1e-300', expected: 'with which gamma falls' }],
  ['noise that does not grow', axis('noiseDistribution', [{ kind: 'iddpm', c1: 1e9 }]), { path: 'parameters.noiseDistribution.values[0].c1', value: '1000000000', expected: 'below 1' }],
  ['noise of e^1000', axis('noiseDistribution', [{ kind: 'log-normal', mean: 1000 }]), { path: 'parameters.noiseDistribution.values[0].mean', value: '1000', expected: 'at most 20' }],
  ['noise spread over e^1000', axis('noiseDistribution', [{ kind: 'log-normal', std: 1000 }]), { path: 'parameters.noiseDistribution.values[0].std', value: '1000', expected: 'at most 8' }],
  ['a VP process that ends beyond float32', axis('noiseDistribution', [{ kind: 'vp', betaD: 10_000 }]), { path: 'parameters.noiseDistribution.values[0]', value: '10000', expected: 'at most 177' }],
  ['VP time steps beyond float32', axis('discretisation', [{ kind: 'vp', betaD: 10_000 }]), { path: 'parameters.discretisation.values[0]', value: '10000', expected: 'at most 177' }],
  ['a VP sampling schedule beyond float32', { ...least, parameters: { sampler: { value: { kind: 'heun' } }, samplingSchedule: { value: { kind: 'vp', betaD: 10_000 } } } }, { path: 'parameters.samplingSchedule.value', value: '10000', expected: 'at most 177' }],
  ['levels beyond float32', axis('discretisation', [{ kind: 'exponential', sigmaMin: 0.002, sigmaMax: 1e300 }]), { path: 'parameters.discretisation.values[0].sigmaMax', value: '1e+300', expected: 'at most 1e+30' }],
  ['a rho whose root no float64 holds', axis('discretisation', [{ kind: 'karras', rho: 0.001 }]), { path: 'parameters.discretisation.values[0].rho', value: '0.001', expected: 'a larger number' }],
  ['an alpha that reaches beyond noise level 0', { ...least, parameters: { sampler: { value: { kind: 'second-order', alpha: 1.1 } }, steps: { values: [100, 5] }, discretisation: { value: { kind: 'karras' } } } }, { path: 'parameters.sampler', value: '1.1', expected: 'an alpha below 1.0' }],
  ['an alpha above 1 with levels in t', { ...least, parameters: { sampler: { value: { kind: 'second-order', alpha: 1.1 } }, discretisation: { value: { kind: 'uniform-t' } } } }, { path: 'parameters.sampler', value: '1.1', expected: 'an alpha of at most 1 with the discretisation uniform-t, samplingSchedule linear and samplingScaling none: more is accepted only for levels given in sigma' }],
  ['attention at a level there is not', axis('network', [{ channels: [8, 16], blocks: 1, attention: [1, 2] }]), { path: 'parameters.network.values[0].attention', value: '[1,2]', expected: 'levels from 0, the finest, to 1' }],
  ['heads that do not share a level evenly', axis('network', [{ channels: [8, 12], blocks: 1, attention: [0], headChannels: 8 }]), { path: 'parameters.network.values[0].headChannels', value: '8', expected: 'a divisor of the channels of every level that attends (8, 12)' }],
  ['heads without attention', axis('network', [{ channels: [8, 16], blocks: 1, headChannels: 8 }]), { path: 'parameters.network.values[0].headChannels', value: '8', expected: 'set attention' }],
  ['base channels no group divides', axis('network', [{ channels: [8, 16], blocks: 1, groups: 8, baseChannels: 4 }]), { path: 'parameters.network.values[0].baseChannels', value: '4', expected: 'groups (8) divides' }],
  ['channels no group divides', axis('network', [{ channels: [4, 12], blocks: 1, groups: 8 }]), { path: 'parameters.network.values[0].channels', value: '[4,12]', expected: 'groups (8) divides' }],
  ['less than a batch', { ...least, train: { images: 64, batch: 128 } }, { path: 'train.images', value: '64', expected: 'at least one batch (128)' }],
  ['a seed at the top', { ...least, seed: 1 }, { path: 'seed', value: '1', expected: 'one of the keys name', nearest: 'seeds.train' }],
  ['a seed of training', { ...least, train: { seed: 3 } }, { path: 'train.seed', value: '3', expected: 'one of the keys network', nearest: 'seeds.train' }],
  ['a seed among the seeds', { ...least, seeds: { seed: [1] } }, { path: 'seeds.seed', value: '[1]', expected: 'train or sample', nearest: 'seeds.train' }],
  ['epochs', { ...least, train: { epochs: 3 } }, { path: 'train.epochs', value: '3', expected: 'one of the keys network', nearest: 'train.images' }],
  ['values without their key', { ...least, parameters: { steps: [5, 10] } }, { path: 'parameters.steps', value: '[5,10]', expected: '{values: [..., ...]}', nearest: '{values: [5,10]}' }],
  ['a metric that is no list', { ...least, evaluate: { metrics: 'kid' } }, { path: 'evaluate.metrics', value: '"kid"', expected: 'a list', nearest: '["kid"]' }],
  ['two letters swapped', axis('sampler', [{ kind: 'ddmi' }]), { path: 'parameters.sampler.values[0].kind', value: '"ddmi"', expected: 'ddpm', nearest: 'ddim' }],
  ['a slip of one letter in a key that another block has as it is', { ...least, seed: { train: [1] } }, { path: 'seed', value: '{"train":[1]}', expected: 'one of the keys name', nearest: 'seeds' }],
  ['a `where` that empties the grid', { ...least, where: 'steps > 1000' }, { path: 'where', value: '"steps > 1000"', expected: 'true for at least one of the 1 cells' }],
  ['a `where` that does not parse', { ...least, where: 'steps >' }, { path: 'where', value: '"steps >"', expected: 'Unexpected token' }],
  ['a `where` with an unknown name', { ...least, where: 'stepz > 3' }, { path: 'where', value: '"stepz > 3"', expected: 'unknown: stepz', nearest: 'steps' }],
  ['a `where` with a key no cell has', { ...least, where: 'sampler.etta > 3' }, { path: 'where', value: '"sampler.etta > 3"', expected: 'a cell has no etta', nearest: 'eta' }],
  ['a `where` that gives a number', { ...least, where: 'steps * 2' }, { path: 'where', value: '"steps * 2"', expected: 'it gives 40' }],
  ['a `where` with a regular expression', { ...least, where: "sampler.kind.matches('(d+)+')" }, { path: 'where', value: 'matches', expected: 'no matches()' }],
  ['an `exclude` that excludes nothing', { ...least, exclude: [{ steps: 7 }] }, { path: 'exclude[0]', value: '{"steps":7}', expected: 'some cell of the grid' }],
  ['an `exclude` that excludes all', { ...least, exclude: [{ steps: 20 }] }, { path: 'exclude', value: '[{"steps":20}]', expected: 'leave at least one cell' }],
  ['a million cells by way of `include`', { ...axis('steps', many(2, 1)), include: many(1, 0.001).map((inputScale) => ({ inputScale })) }, { path: 'parameters', value: '1001000 cells', expected: 'at most 100000 cells' }],
  ['a preset that is none', { ...least, preset: 'vp-sampler' }, { path: 'preset', value: '"vp-sampler"', expected: 'vp, ve, iddpm, edm, vp-network', nearest: 'vp-sampling' }],
  ['a preset that is none, of `include`', { ...least, include: [{ preset: ['ve-loss', 'edn'] }] }, { path: 'include[0].preset[1]', value: '"edn"', expected: 'edm', nearest: 'edm' }],
  ['a list of no presets', { ...least, preset: [] }, { path: 'preset', value: '[]', expected: 'at least 1 entry' }],
  ['a list of no presets, of `include`', { ...least, include: [{ preset: [], steps: 3 }] }, { path: 'include[0].preset', value: '[]', expected: 'at least 1 entry' }],
  ['a parameter of another metric', { ...least, evaluate: { metrics: [{ kind: 'fid', k: 3 }] } }, { path: 'evaluate.metrics[0].k', value: '3', expected: 'no k for fid: it belongs to precision, recall, density, coverage or classcoverage; its own keys are kind or n' }],
  ['a metric of classes of data without labels', { name: 'a', dataset: { name: 'gaussian' }, evaluate: { metrics: ['fid', { kind: 'classcoverage', n: 64 }] } }, { path: 'evaluate.metrics[1]', value: 'classcoverage@64', expected: 'no labels in the data set gaussian' }],
  ['an unknown parameter of a metric', { ...least, evaluate: { metrics: [{ kind: 'fid', count: 3 }] } }, { path: 'evaluate.metrics[0].count', value: '3', expected: 'one of the keys kind or n' }],
  ['a million cells', { ...least, parameters: { steps: { values: many(2, 1) }, inputScale: { values: many(1, 0.001) } } }, { path: 'parameters', value: '1000000 cells', expected: 'at most 100000 cells' }],
  ['too many trials', { ...axis('steps', many(2, 1)), seeds: { train: many(1, 1) } }, { path: 'seeds', value: '1000000 trials', expected: 'at most 250000 trials' }],
  ['an alias bomb', `${head}a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]`, { path: '', value: '', expected: 'at most 100 uses of an alias' }],
  ['a key twice', `${head}name: other`, { path: '', value: '"name"', expected: 'line 3, column 1: Map keys must be unique' }],
  ['a tag', `${head}where: !!js/function "x"`, { path: '', value: '"!!js/function"', expected: 'line 3, column 8: Unresolved tag' }],
  ['__proto__ in YAML', `${head}train: {__proto__: {images: 1}}`, { path: 'train.__proto__', value: '{...}', expected: 'no key named __proto__' }],
  ['__proto__ in JSON', '{"name": "a", "__proto__": 3}', { path: '__proto__', value: '3', expected: 'no key named __proto__' }],
  ['constructor', { ...least, constructor: 3 }, { path: 'constructor', value: '3', expected: 'no key named constructor' }],
  ['text that is no document', 'hello', { path: '', value: '"hello"', expected: 'a record' }],
  ['nothing', '', { path: '', value: 'null', expected: 'a record' }],
];

describe('a bad spec', () => {
  it.each(badInputs)('%s is one problem: path, value, expectation, nearest word', (_, input, { expected, value, ...rest }) => {
    const error = refused(input);
    expect(error.code).toBe('spec.invalid');
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0]).toMatchObject({ ...rest, expected: expect.stringContaining(expected), value: expect.stringContaining(value) });
    expect(error.problems[0]?.nearest).toBe(rest.nearest);
  });

  it('names every mistake at once, in one text', () => {
    const { problems, message } = refused({ ...least, methd: 'grid', parameters: { steps: { values: [] }, sampler: { value: { kind: 'huen' } } }, evaluate: { samples: 1 } });
    expect(problems.map(({ path }) => path).sort()).toEqual(['evaluate.samples', 'methd', 'parameters.sampler.value.kind', 'parameters.steps.values']);
    expect(message).toContain('The spec has 4 mistakes:');
    expect(message).toContain('parameters.sampler.value.kind is "huen"; expected ddpm, ddim, euler, ');
    expect(message).toContain('; did you mean heun?');
  });

  it('of ten megabytes is not parsed', () => {
    expect(refused('x'.repeat(1e7))).toMatchObject({ code: 'spec.too_large', status: 413 });
  });

  it.each([['brackets', '['.repeat(100_000)], ['a list in itself', '&a [*a]'], ['deep JSON', `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`]])('nested too deeply is refused: %s', (_, text) => {
    expect(refused(text).code).toBe('spec.invalid');
  });
});

describe('parseSpec', () => {
  it('gives the same spec from its own output, as JSON and as YAML', () => {
    fc.assert(fc.property(writtenSpecs, (written) => {
      const spec = parseSpec(written);
      expect(parseSpec(JSON.stringify(spec))).toEqual(spec);
      expect(parseSpec(stringify(spec, { aliasDuplicateObjects: false }))).toEqual(spec);
    }), { numRuns: 50 });
  });

  it('fills in every default', () => {
    const { parameters, ...rest } = parseSpec(least);
    expect(Object.fromEntries(Object.entries(parameters).map(([name, { values }]) => [name, values]))).toEqual({
      schedule: [{ kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 }], noiseDistribution: [{ kind: 'schedule' }], inputScale: [1], dataRange: [1], sigmaData: ['measured'],
      ema: [{ kind: 'trained' }], parameterisation: ['eps'], lossWeight: [{ kind: 'uniform' }], noisePairing: ['independent'], normalisation: ['analytic'], conditioning: ['t'], classCondition: [{ kind: 'none' }],
      network: [networks.small], learningRate: [0.001], learningRatePlan: [{ kind: 'one-cycle', warmUp: 0.1, shape: 'linear', start: 0.04, end: 0 }], optimiser: [{ kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }], gradientClip: [1], dropout: [0], augmentation: [{ kind: 'none' }],
      sampler: [{ kind: 'ddim', eta: 0, noiseFrom: 'clamped', quietBelow: 0 }], steps: [20], discretisation: [{ kind: 'uniform-t', start: 0.99 }], samplingSchedule: [{ kind: 'linear' }], samplingScaling: ['none'], clampX0: [true], noiseLevel: [{ kind: 'known' }], guidance: [{ kind: 'none' }],
    });
    expect(rest).toMatchObject({ method: 'grid', seeds: { train: [1], sample: [1] }, train: { images: 600_000, batch: 128, emaHalfLifeImages: 30_000 }, evaluate: { samples: 2048, metrics: ['fid', 'kid'], extractor: { kind: 'standard' } } });
  });

  it('takes the network and the learning rate from `train` if no parameter names them', () => {
    const { parameters } = parseSpec({ ...least, train: { network: 'tiny', learningRate: 0.01 }, parameters: { learningRate: { value: 0.5 } } });
    expect(parameters.network.values).toEqual([networks.tiny]);
    expect(parameters.learningRate.values).toEqual([0.5]);
  });
});
