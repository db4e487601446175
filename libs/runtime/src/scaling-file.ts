import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Engine } from '@elucidate/engine/start';
import { contentId } from '@elucidate/experiment/canonical';
import { coresHere } from './cores.js';
import type { Scaling } from './scaling.js';

/** What a measurement depends on: it says nothing about another processor, engine version or Node. */
type Subject = Pick<Scaling, 'engine' | 'cores' | 'node'>;

const subjectOf = ({ backend, version, device }: Engine): Subject => ({ engine: { backend, version, device }, cores: coresHere(), node: process.version });

/** One file per subject, since machines may share a home directory. */
function fileOf(home: string, { engine: { backend, version, device }, cores, node }: Subject): string {
  return join(home, 'scaling', `${backend}-${contentId({ backend, version, device, cores, node }).slice(0, 12)}.json`);
}

/** The measurement of this engine on this machine; undefined if there is none or the file cannot be read. */
export async function loadScaling(home: string, engine: Engine): Promise<Scaling | undefined> {
  return readFile(fileOf(home, subjectOf(engine)), 'utf8').then((text) => JSON.parse(text) as Scaling, () => undefined);
}

/** Saves a measurement; returns the path of its file. */
export async function saveScaling(home: string, scaling: Scaling): Promise<string> {
  const file = fileOf(home, scaling);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(scaling, null, 2));
  await rename(`${file}.${process.pid}`, file);
  return file;
}
