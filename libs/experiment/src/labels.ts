import { z } from 'zod';
import { canonical } from './canonical.js';
import { isProgram, isUNet } from './design.js';
import type { NetworkSpec, UNetSpec } from './design.js';
import { networkName } from './network-name.js';
import { defaultParameters, defaultRecipe, parameterSchemas } from './parameters.js';
import type { ParameterName, ParameterValues } from './parameters.js';
import { partShape } from './part-shapes.js';
import { programLabel } from './program-grammar.js';
import { discretisationSchema, guidanceSchema, samplerSchema, type EmaSpec } from './sampling-grammar.js';

const defaultClipMin = 1e-9;

type Part = { readonly kind: string };

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && 'kind' in value;

/**
 * A part by its kind and its values: "cosine(0.2, 1, 1)", "karras(7, 0.002, 80)", "ddpm(small)". Values are in the order
 * of the grammar, since a database preserves none; values unknown to the grammar come last.
 * A clip other than 1e-9 is added; `named` keys are written out: "ddim(eta 0)".
 */
function partLabel(schema: z.ZodType, { kind, ...members }: Part, named: readonly string[] = []): string {
  const { clipMin, ...values } = members as Record<string, unknown>;
  const shape = partShape(schema, kind);
  const keys = [...new Set([...Object.keys(shape), ...Object.keys(values).sort()])].filter((key) => values[key] !== undefined);
  const words = keys.map((key) => `${named.includes(key) ? `${key} ` : ''}${valueText(shape[key], values[key], key)}`);
  const clip = clipMin === undefined || clipMin === defaultClipMin ? '' : ` clip ${String(clipMin)}`;
  return `${kind}${words.length > 0 ? `(${words.join(', ')})` : ''}${clip}`;
}

function valueText(schema: z.ZodType | undefined, value: unknown, key: string): string {
  if (key === 'ema' && isPart(value)) return emaLabel(value as EmaSpec);
  if (isPart(value)) return partLabel(schema ?? z.unknown(), value);
  return isShape(value) ? networkLabel(value) : String(value);
}

const isShape = (value: unknown): value is UNetSpec => typeof value === 'object' && value !== null && 'channels' in value;

/** Values omitted from the label of a sampler or a guidance: the defaults of its kind. */
const quietDefaults: Readonly<Record<string, unknown>> = { noiseFrom: 'clamped', quietBelow: 0, sChurn: 0, sTmin: 0, sNoise: 1, sigmaLow: 0, betaD: 19.9, betaMin: 0.1 };
const namedKeys = ['scale', 'sigmaLow', 'sigmaHigh', 'network', 'images', 'ema', 'eta', 'order', 'degree', 'predictor', 'corrector', 'betaD', 'betaMin', 'analyticFirst', 'alpha', 'r', 'noiseFrom', 'quietBelow', 'sChurn', 'sTmin', 'sTmax', 'sNoise'];

/** "ddim(eta 0)", "ddpm(small)", "euler", "lms(order 4)", "heun(sChurn 40, sTmin 0.05)", "classifier-free(scale 2, sigmaHigh 5)", "autoguidance(scale 2, network tiny)". */
function namedLabel(schema: z.ZodType): (part: Part) => string {
  return (part) => partLabel(schema, Object.fromEntries(Object.entries(part).filter(([key, value]) => quietDefaults[key] !== value)) as unknown as Part, namedKeys);
}

/** "trained", "none", "std 0.05", "half-life 2000 images". */
function emaLabel(ema: EmaSpec): string {
  if (ema.kind !== 'power') return ema.kind;
  return [...(ema.std === undefined ? [] : [`std ${ema.std}`]), ...(ema.halfLifeImages === undefined ? [] : [`half-life ${ema.halfLifeImages} images`])].join(', ');
}

/** "tiny", "unet(16-32, 1 block, 4 groups)", or "program(train.py 1a2b3c4d)". */
function networkLabel(network: NetworkSpec): string {
  const name = networkName(network);
  if (name !== undefined) return name;
  if (isProgram(network)) return programLabel(network);
  return isUNet(network) ? `${network.architecture === 'compact' ? 'unet' : network.architecture}(${unetWords(network).join(', ')})` : network.kind;
}

function unetWords({ channels, baseChannels, blocks, groups, attention, headChannels, scaleShift }: UNetSpec): string[] {
  return [
    channels.join('-'),
    ...(baseChannels === undefined ? [] : [`base ${baseChannels}`]),
    `${blocks} ${blocks === 1 ? 'block' : 'blocks'}`,
    `${groups} groups`,
    ...(attention === false ? [] : [attention === true ? 'attention' : `attention ${attention.join('+')}`]),
    ...(headChannels === undefined ? [] : [`heads of ${headChannels}`]),
    ...(scaleShift ? ['scale-shift'] : []),
  ];
}

const labels: { readonly [P in ParameterName]?: (value: ParameterValues[P]) => string } = {
  network: networkLabel,
  sampler: namedLabel(samplerSchema),
  discretisation: (value) => partLabel(discretisationSchema, value, ['shift', 'offset', 'denoiseToZero']),
  guidance: namedLabel(guidanceSchema),
  ema: emaLabel,
};

/** The network and its learning rate have none: they come from the sweep. */
const fixedDefaults = Object.fromEntries(Object.entries(defaultParameters({ ...defaultRecipe, network: { kind: 'exact' }, learningRate: 1 }, { name: 'fashion-mnist', resolution: 32 }))
  .filter(([name]) => name !== 'network' && name !== 'learningRate'));

/** The fixed parameters of a table that are worth naming: those that the sweep varies or that are not at their default. Labels by parameter, as `choices`. */
export function notable(fixed: Readonly<Record<string, string>>, choices: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fixed).filter(([name, label]) => Object.hasOwn(choices, name) || !Object.hasOwn(fixedDefaults, name) || label !== labelOf(name, fixedDefaults[name])));
}

/** "sampler ddim(eta 0) or heun; steps 5 or 10"; "" for none. Labels may contain commas. */
export const choicesText = (choices: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(choices).map(([name, values]) => `${name} ${values.join(' or ')}`).join('; ');

/** The label of one value of one key of a cell's config; for keys that are not parameters, their canonical text. */
export function labelOf(key: string, value: unknown): string {
  if (Object.hasOwn(labels, key)) return (labels[key as ParameterName] as (known: unknown) => string)(value);
  if (isPart(value) && Object.hasOwn(parameterSchemas, key)) return partLabel(parameterSchemas[key as ParameterName], value);
  return typeof value === 'object' ? canonical(value) : String(value);
}
