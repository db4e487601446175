import { InvalidArgumentError, Option } from 'commander';
import { tableFormats } from '@elucidate/experiment/render-table';
import { backendChoices } from '@elucidate/engine/backend';

/** Options that several commands share, and what reads their values. */

export const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ elucidate ${line}`).join('\n')}`;

/** An action whose module is loaded when the command is given, so that help comes at once. */
export const lazily = <A extends unknown[]>(load: () => Promise<(...args: A) => unknown>) => async (...args: A): Promise<void> => {
  await (await load())(...args);
};

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
    return value;
  };
}

export const collect = (text: string, before: string[]): string[] => [...before, text];

export const json = (): Option => new Option('--json', 'print JSON on standard output');
export const api = (): Option => new Option('--api <url>', 'address of the API (default: ELUCIDATE_API, else http://127.0.0.1:3210)');
export const local = (): Option => new Option('--local', "read this folder's own database, asking no API");
export const format = (): Option => new Option('--format <format>', 'how to print it').choices([...tableFormats]).default('markdown');
export const profile = (): Option => new Option('--profile <name>', "a form of the sweep out of the file's `profiles`: small ...");
export const backend = (): Option => new Option('--backend <name>', 'engine to compute with; `elucidate doctor` tells which are here').choices([...backendChoices]).default('auto');
export const threads = (): Option => new Option('--threads <n>', 'threads each stage computes with (default: as measured, else 1)').argParser(wholeNumber(1, 1024));
export const slots = (): Option =>
  new Option('--slots <n>', 'stages at once (default: as `elucidate doctor --calibrate` measured, else one for each core, as memory allows)').argParser(wholeNumber(1, 1024));
