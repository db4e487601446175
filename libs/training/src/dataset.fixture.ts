import path from 'node:path';
import { resolveFashionMnist } from './resolve-dataset.js';

let found: Promise<string> | undefined;

/** The folder of the real Fashion-MNIST; fetched once into this checkout's own ELUCIDATE_HOME when the machine has none. */
export function testDataset(): Promise<string> {
  const home = process.env['ELUCIDATE_HOME'] ?? path.resolve(__dirname, '../../../.elucidate');
  return found ??= resolveFashionMnist({ home, log: () => {} });
}
