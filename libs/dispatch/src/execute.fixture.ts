import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecuteStage, Provenance } from '@elucidate/experiment/execution';
import type { PlannedStage } from '@elucidate/experiment/stages';

export const provenance: Provenance = { engine: 'test', threads: 1, device: 'none', host: 'here', node: process.version, elucidate: '0.1.0' };

const digest = (stageId: string, inputs: readonly string[]): string => createHash('sha256').update([stageId, ...[...inputs].sort()].join('\n')).digest('hex');
const numberOf = (text: string): number => Number.parseInt(text.slice(0, 12), 16);

/** Stands in for the network: writes a digest of the stage's name and the contents of its input files. */
export const computeDigest: ExecuteStage = async (task, { onLog, onProgress }) => {
  const files = Object.values(task.inputs).flatMap((outputs) => Object.values(outputs));
  const result = digest(task.stageId, await Promise.all(files.map((file) => readFile(file, 'utf8'))));
  const path = join(task.outDir, 'digest.txt');
  await writeFile(path, result);
  onLog(`digest of ${files.length} files`);
  onProgress({ fraction: 1, note: 'digest written' });
  return { outputs: { digest: { path, mediaType: 'text/plain' } }, metrics: [{ name: 'digest', value: numberOf(result) }], provenance };
};

/** The metric every stage of a plan must end with, computed without a queue, worker or database. */
export function expectedMetrics(stages: readonly PlannedStage[]): Record<string, number> {
  const digests = new Map<string, string>();
  for (const { id, inputs } of stages) digests.set(id, digest(id, Object.values(inputs).map((input) => digests.get(input) ?? '')));
  return Object.fromEntries([...digests].map(([id, text]) => [id, numberOf(text)]));
}
