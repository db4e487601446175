import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEngine } from '@elucidate/engine/start';
import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf, printableLines } from '@elucidate/experiment/printable';
import { type ProgramSpec, programParts } from '@elucidate/experiment/program-grammar';
import { programLimits } from '@elucidate/runtime/program-limits';
import { checkProgram } from '@elucidate/stages/programs/check';
import { checkExtractor } from '@elucidate/stages/programs/check-extractor';
import type { CheckFinding, FreshFinding } from '@elucidate/stages/programs/check-parts';
import { programFiles } from '@elucidate/stages/programs/program-files';
import { interruptSignal } from '../interrupt.js';
import { commandFor } from '../program-line.js';

export interface ProgramCheckOptions {
  large?: boolean;
  resolution: '16' | '32' | '64';
  setting: readonly string[];
  keep?: string;
  /** It computes features, and is no network. */
  extractor?: boolean;
  json?: boolean;
}

/** For what a program may take minutes for here, it would take too long to be checked. */
const patienceMs = 300_000;

const marks: Readonly<Record<CheckFinding['verdict'], string>> = { yes: 'ok   ', no: 'no   ', wrong: 'WRONG' };

/** Runs a program's folder on a few random images and says what is wrong; exit code 1 if something is. */
export async function checkProgramFolder(folder: string, command: readonly string[], { large = false, resolution, setting, keep, extractor = false, json = false }: ProgramCheckOptions): Promise<void> {
  const settings = settingsFrom(setting);
  const chosen = commandFor(await programFiles(folder, { large }), command);
  const place = keep === undefined ? await mkdtemp(join(tmpdir(), 'elucidate-check-')) : resolve(keep);
  const { signal, dispose } = interruptSignal();
  const say = (line: string): void => {
    if (!json) console.log(printableLines(line));
  };
  // what a program wrote to standard error is printed as it comes, and not again with what was found
  let heard: string[] = [];
  const hear = (line: string): void => {
    heard.push(line);
    say(`      ${line}`);
  };
  const tell = ({ what, verdict, detail, brief, stderr }: FreshFinding): void => {
    say(`${marks[verdict]} it ${what}: ${(stderr.every((line) => heard.includes(line)) ? brief : detail).replaceAll('\n', '\n      ')}`);
    heard = [];
  };
  try {
    const engine = await startEngine({ backend: 'cpu', threads: availableParallelism() });
    const limits = programLimits(process.env);
    const context = { engine, home: place, programs: { ...limits, runMs: limits.runMs ?? patienceMs }, signal, onProgress: () => undefined, onLog: hear };
    const { findings, versions } = await (extractor ? checkExtractor : checkProgram)({ folder, command: chosen, settings, place, large, resolution: Number(resolution) as 16 | 32 | 64, onFinding: tell }, context);
    if (json) console.log(jsonOf({ command: chosen, findings, versions }));
    else {
      if (versions !== undefined) say(versionsLine(versions));
      if (keep !== undefined) say(`Its tasks, and what it wrote, are in ${place}.`);
    }
    if (findings.some(({ verdict }) => verdict === 'wrong')) process.exitCode = 1;
  } finally {
    dispose();
    if (keep === undefined) await rm(place, { recursive: true, force: true });
  }
}

function versionsLine(versions: Readonly<Record<string, string>>): string {
  const known = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return known.length > 0 ? `It says that it runs on ${known.join(', ')}.` : 'It reports no versions: print {"versions": {"torch": "..."}}, so that results say what made them.';
}

/** "width=64", "bf16=true", "mode=fast": numbers and booleans as they are, all else is text. Throws request.invalid. */
function settingsFrom(written: readonly string[]): ProgramSpec['settings'] {
  const entries = written.map((text) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new ElucidateError('request.invalid', `--setting ${JSON.stringify(text)} is not name=value`);
    return [name, value === 'true' || value === 'false' ? value === 'true' : value !== '' && Number.isFinite(Number(value)) ? Number(value) : value] as const;
  });
  const { success, data, error } = programParts.settings.safeParse(Object.fromEntries(entries));
  if (!success) throw new ElucidateError('request.invalid', `A setting cannot be so: ${error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`);
  return data;
}
