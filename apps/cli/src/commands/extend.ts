import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import { readText } from '@elucidate/experiment/spec-text';
import { differenceText } from '../difference-text.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { outcomeText } from './apply.js';

export interface ExtendOptions extends SourceOptions {
  trainSeeds?: number[];
  sampleSeeds?: number[];
  /** Configurations that alone get the seeds. */
  cells?: string[];
  /** "steps=50,100". */
  set: string[];
  /** Of its budget. */
  deviceHours?: number;
  dryRun?: boolean;
  json?: boolean;
}

/** Adds seeds, or values of parameters, to a sweep, which runs again if it has ended. */
export async function extend(meant: string, { trainSeeds, sampleSeeds, cells, deviceHours, set, dryRun = false, json = false, ...source }: ExtendOptions): Promise<void> {
  if (trainSeeds === undefined && sampleSeeds === undefined && deviceHours === undefined && set.length === 0) {
    throw new ElucidateError('request.invalid', 'Say what to add: --train-seeds 3,4, --sample-seeds 2, --set steps=50,100, or --device-hours 4');
  }
  const extension = { ...(trainSeeds !== undefined && { trainSeeds }), ...(sampleSeeds !== undefined && { sampleSeeds }), ...(cells !== undefined && { cells }), ...(deviceHours !== undefined && { deviceHours }), ...(set.length > 0 && { values: valuesOf(set) }) };
  await withAnswers(source, async (answers) => {
    const { id, name, version } = await answers.sweep(await sweepIdOf(answers, meant));
    const made = await answers.extend(id, extension, { dryRun });
    console.log(json ? jsonOf(made) : `Sweep ${id}, ${printable(name)}:\n${differenceText(made)}\n${outcomeText(made, version)}`);
  });
}

/** "steps=50,100" and "sampler={kind: heun}" by parameter; values are written as in a sweep file. Throws 'request.invalid'. */
export function valuesOf(set: readonly string[]): Record<string, unknown[]> {
  const values: Record<string, unknown[]> = {};
  for (const text of set) {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim();
    const { value, problems } = readText(`[${text.slice(at + 1)}]`);
    if (at < 1 || problems.length > 0 || !Array.isArray(value) || value.length === 0) {
      throw new ElucidateError('request.invalid', `--set ${text} is not understood; write a parameter and values as in a sweep file: --set steps=50,100 or --set 'sampler={kind: heun}'`);
    }
    values[name] = [...(values[name] ?? []), ...(value as unknown[])];
  }
  return values;
}
