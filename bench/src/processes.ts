import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Answer, Probes, Request, Run } from './run.js';

/** Starts the processes that measure, one at a time, and reads what they print. */

let current: ChildProcess | undefined;

/** Ends the process that runs now. */
export function endCurrent(): void {
  current?.kill('SIGKILL');
}

interface Command {
  command: string;
  args: readonly string[];
  /** For messages: "simd with 2 threads". */
  name: string;
}

/** Its last line of output; throws stage.crashed with its last output if that is not JSON. */
async function ask<T>({ command, args, name }: Command): Promise<T> {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  current = child;
  const [out, err] = [child.stdout, child.stderr].map((stream) => {
    const said: string[] = [];
    stream.on('data', (text: Buffer) => said.push(text.toString()));
    return said;
  }) as [string[], string[]];
  const how = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  current = undefined;
  const line = out.join('').trim().split('\n').at(-1) ?? '';
  if (line.startsWith('{')) return JSON.parse(line) as T;
  throw new ElucidateError('stage.crashed', `The process that measures ${name} ended (${how}) without a result: ${err.join('').trim().split('\n').slice(-5).join('\n') || 'it said nothing'}`);
}

const measureFile = fileURLToPath(new URL('measure.js', import.meta.url));

async function askEngine<T extends Answer>(request: Request, name: string): Promise<T> {
  const answer = await ask<Answer>({ command: process.execPath, args: [measureFile, JSON.stringify(request)], name });
  if ('error' in answer) throw new ElucidateError(answer.error.code, `${name}: ${answer.error.message}`);
  return answer as T;
}

/** Which engines are on this machine. */
export const probe = async (): Promise<Probes> => (await askEngine<{ probes: Probes }>({ task: 'probe' }, 'which engines are here')).probes;

type OfEngine<K extends Request['task']> = Omit<Extract<Request, { task: K }>, 'task'>;

/** Starts an engine with the given number of threads; returns the engine as it really computes. Throws engine.absent. */
export const start = async (request: OfEngine<'start'>): Promise<Run['engine']> =>
  (await askEngine<{ engine: Run['engine'] }>({ task: 'start', ...request }, `${request.backend} with ${request.threads} threads`)).engine;

export const measure = (request: OfEngine<'measure'>): Promise<Run> => askEngine<Run>({ task: 'measure', ...request }, `${request.backend} with ${request.threads} threads`);

/** See same-network.ts. */
export const engineOutputs = async (request: OfEngine<'outputs'>): Promise<readonly number[]> =>
  (await askEngine<{ outputs: number[] }>({ task: 'outputs', ...request }, `the outputs of ${request.backend}`)).outputs;

export interface Torch {
  python: string;
  /** Its name for the GPU it computes on; null without one. */
  gpu: 'cuda' | 'mps' | null;
}

/** The first Python that has torch; undefined if none has. */
export async function findTorch(): Promise<Torch | undefined> {
  const look = 'import json, torch; mps = getattr(torch.backends, "mps", None); print(json.dumps({"gpu": "cuda" if torch.cuda.is_available() else "mps" if mps and mps.is_available() else None}))';
  for (const python of ['python3', '/usr/bin/python3', 'python']) {
    const found = await ask<Pick<Torch, 'gpu'>>({ command: python, args: ['-c', look], name: python }).catch(() => undefined);
    if (found) return { python, ...found };
  }
  return undefined;
}

const torchFile = fileURLToPath(new URL('../torch_unet.py', import.meta.url));

/** Measures the same network in PyTorch; the request is described in that file. */
export const measureTorch = <Settings extends { device: string; threads: number }>(python: string, settings: Settings): Promise<Run> =>
  ask<Run>({ command: python, args: [torchFile, JSON.stringify(settings)], name: `torch on ${settings.device} with ${settings.threads} threads` });

/** Outputs of its network for fixed images and fixed weights, on the CPU. */
export const torchOutputs = async (python: string, shape: object): Promise<readonly number[]> =>
  (await ask<{ outputs: number[] }>({ command: python, args: [torchFile, JSON.stringify({ ...shape, outputs: true, threads: 1 })], name: 'the outputs of torch' })).outputs;
