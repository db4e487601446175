import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { shortId } from '@elucidate/experiment/estimate-text';
import type { ExecuteStage, StageTask } from '@elucidate/experiment/execution';
import { archivesOf } from '@elucidate/experiment/programs-in';
import { codeVersions } from '@elucidate/experiment/stages';
import type { ProvenanceStage } from '@elucidate/store/queries/provenance';
import type { Answers } from './answers.js';
import type { Again } from './compare-outcome.js';
import { saveArtifact } from './save-cell.js';

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Files of stages, by stage and output: stored ones are fetched when they are first needed, and checked. */
export class StageFolder {
  private readonly paths = new Map<string, Readonly<Record<string, string>>>();

  constructor(private readonly answers: Answers, private readonly dir: string) {}

  /** The files of a stage, as stored or, if it was made again, as made again. Throws 'artifact.corrupt' for bytes that are not those that were stored. */
  async filesOf({ id, kind, outputs }: ProvenanceStage): Promise<Readonly<Record<string, string>>> {
    const known = this.paths.get(id);
    if (known !== undefined) return known;
    const hashes = Object.fromEntries(outputs.map(({ name, hash }) => [name, hash]));
    const paths = await this.fetched(hashes, shortId(id), (name) => `${name} of ${kind} stage ${shortId(id)}`);
    this.paths.set(id, paths);
    return paths;
  }

  /** Files by name, from their hashes. */
  private async fetched(hashes: Readonly<Record<string, string>>, place: string, titleOf: (name: string) => string): Promise<Readonly<Record<string, string>>> {
    const paths: Record<string, string> = {};
    const folder = join(this.dir, 'stored', place);
    await mkdir(folder, { recursive: true });
    for (const [name, hash] of Object.entries(hashes)) {
      const path = (paths[name] = join(folder, name));
      await saveArtifact(this.answers, hash, path);
      const found = await sha256(path);
      if (found !== hash) throw new ElucidateError('artifact.corrupt', `${titleOf(name)} has sha256 ${found}, not ${hash}; --chain makes what stages made again instead of reading it`);
    }
    return paths;
  }

  /** Computes a stage again, in this folder; its files are what later stages read. Throws 'code.absent' if this program has another version of its code. */
  async again(stage: ProvenanceStage, stages: ReadonlyMap<string, ProvenanceStage>, { execute, signal, log }: { execute: ExecuteStage; signal: AbortSignal; log: (line: string) => void }): Promise<Again> {
    const { id, kind, codeVersion, params, outputs } = stage;
    if (codeVersion !== codeVersions[kind]) throw new ElucidateError('code.absent', `${kind} stage ${shortId(id)} was computed by code version ${codeVersion}, this program has ${codeVersions[kind]}: only the version of elucidate that computed it can verify it`);
    const inputs: Record<string, Readonly<Record<string, string>>> = {};
    for (const [name, input] of Object.entries(stage.inputs)) inputs[name] = await this.filesOf(stages.get(input)!);
    for (const [name, hashes] of Object.entries(archivesOf(params))) inputs[name] = await this.fetched(hashes, `${shortId(id)}-${name}`, (file) => `the archive of the ${file} of ${kind} stage ${shortId(id)}`);
    const [outDir, checkpointDir] = [join(this.dir, 'again', shortId(id)), join(this.dir, 'checkpoints', shortId(id))];
    await mkdir(outDir, { recursive: true });
    const task: StageTask = { stageId: id, kind, codeVersion, params, inputs, outDir, checkpointDir, keepState: outputs.some(({ name }) => name === 'state') };
    const outcome = await execute(task, { signal, onLog: log, onProgress: () => undefined });
    const paths = Object.fromEntries(Object.entries(outcome.outputs).map(([name, { path }]) => [name, path]));
    this.paths.set(id, paths);
    const files: Record<string, string> = {};
    for (const [name, path] of Object.entries(paths)) files[name] = await sha256(path);
    return { engine: `${outcome.provenance.engine}, threads ${outcome.provenance.threads}`, files, metrics: outcome.metrics };
  }
}
