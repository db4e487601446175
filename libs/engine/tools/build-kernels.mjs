/** Compiles assembly/*.ts to kernels/simd.wasm and kernels/simd-relaxed.wasm, which are committed; or into the folder given. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = process.argv[2] ?? 'kernels';
// layouts.ts is read by the others: of its own it would export every name in it
const sources = readdirSync(join(root, 'assembly')).filter((name) => name.endsWith('.ts') && name !== 'layouts.ts').sort().map((name) => `assembly/${name}`);
const features = { simd: ['simd', 'threads'], 'simd-relaxed': ['simd', 'relaxed-simd', 'threads'] };

for (const [name, enabled] of Object.entries(features)) {
  const { error, stderr } = await asc.main([
    ...sources, '--outFile', join(folder, `${name}.wasm`), '--baseDir', root, '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=',
    ...enabled.flatMap((feature) => ['--enable', feature]), '--importMemory', '--sharedMemory', '--initialMemory', '16', '--maximumMemory', '65536',
  ]);
  if (error) {
    console.error(stderr.toString());
    console.error(error.message);
    process.exit(1);
  }
}
