/** Compiles assembly/*.ts to the WebAssembly file given, by default kernels/simd.wasm, which is committed. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = process.argv[2] ?? join('kernels', 'simd.wasm');
const sources = readdirSync(join(root, 'assembly')).filter((name) => name.endsWith('.ts')).sort().map((name) => `assembly/${name}`);

const { error, stderr } = await asc.main([
  ...sources, '--outFile', out, '--baseDir', root, '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=',
  '--enable', 'simd', '--enable', 'threads', '--importMemory', '--sharedMemory', '--initialMemory', '16', '--maximumMemory', '65536',
]);
if (error) {
  console.error(stderr.toString());
  console.error(error.message);
  process.exit(1);
}
