import { canonical } from './canonical.js';
import { networks } from './design.js';
import type { GridSpec, NetworkSpec, SamplerSpec, ScheduleSpec } from './design.js';
import { networkNames } from './parameters.js';
import type { ParameterName, ParameterValues } from './parameters.js';

const defaultClipMin = 1e-9;

/** "linear", "cosine(0.2, 1, 1)", "sigmoid(0, 3, 0.7)" (start, end, tau); a clip other than 1e-9 is added. */
function scheduleLabel(schedule: ScheduleSpec): string {
  const clip = schedule.clipMin === defaultClipMin ? '' : ` clip ${schedule.clipMin}`;
  return `${schedule.kind}${stretchLabel(schedule)}${clip}`;
}

function stretchLabel(schedule: ScheduleSpec): string {
  switch (schedule.kind) {
    case 'linear': return '';
    case 'cosine':
    case 'sigmoid': return `(${schedule.start}, ${schedule.end}, ${schedule.tau})`;
  }
}

/** "ddim(eta 0)", "ddpm(small)", "euler", "heun". */
function samplerLabel(sampler: SamplerSpec): string {
  switch (sampler.kind) {
    case 'ddim': return `ddim(eta ${sampler.eta})`;
    case 'ddpm': return `ddpm(${sampler.variance})`;
    case 'euler':
    case 'heun': return sampler.kind;
  }
}

/** "karras(7, 0.002, 80)" (rho, sigmaMin, sigmaMax), "uniform-t(0.99)" (start), "uniform-t(0.99, linear)" on a schedule of its own. */
function gridLabel(grid: GridSpec): string {
  if (grid.kind === 'karras') return `karras(${grid.rho}, ${grid.sigmaMin}, ${grid.sigmaMax})`;
  return `uniform-t(${grid.start}${grid.schedule === undefined ? '' : `, ${scheduleLabel(grid.schedule)}`})`;
}

/** "tiny", or "unet(16-32, 1 block, 4 groups)". */
function networkLabel(network: NetworkSpec): string {
  const name = networkNames.find((candidate) => canonical(networks[candidate]) === canonical(network));
  const { channels, blocks, groups, attention } = network;
  return name ?? `unet(${channels.join('-')}, ${blocks} ${blocks === 1 ? 'block' : 'blocks'}, ${groups} groups${attention ? ', attention' : ''})`;
}

const labels: { readonly [P in ParameterName]: (value: ParameterValues[P]) => string } = {
  schedule: scheduleLabel,
  inputScale: String,
  parameterisation: String,
  normalisation: String,
  conditioning: String,
  network: networkLabel,
  learningRate: String,
  sampler: samplerLabel,
  steps: String,
  grid: gridLabel,
  clampX0: String,
};

/** "sampler ddim(eta 0) or heun; steps 5 or 10"; "" for none. Labels hold commas themselves. */
export const choicesText = (choices: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(choices).map(([name, values]) => `${name} ${values.join(' or ')}`).join('; ');

/** The label of one value of one key of a cell's config; keys that are no parameter give their canonical text. */
export function labelOf(key: string, value: unknown): string {
  if (Object.hasOwn(labels, key)) return (labels[key as ParameterName] as (known: unknown) => string)(value);
  return typeof value === 'string' ? value : canonical(value);
}
