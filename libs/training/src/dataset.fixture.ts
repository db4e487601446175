import path from 'node:path';
import type { IdxSetName } from './datasets/idx-sets.js';
import { resolveIdxSet } from './datasets/resolve.js';

const found = new Map<IdxSetName, Promise<string>>();

/** The folder of a real data set; fetched once into this checkout's own ELUCIDATE_HOME when the machine has none. */
export function testDataset(name: IdxSetName = 'fashion-mnist'): Promise<string> {
  const home = process.env['ELUCIDATE_HOME'] ?? path.resolve(__dirname, '../../../.elucidate');
  const dir = found.get(name) ?? resolveIdxSet(name, { home, log: () => {} });
  found.set(name, dir);
  return dir;
}
