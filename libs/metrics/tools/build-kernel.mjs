/** Compiles assembly/*.ts and writes it as src/kernel-code.ts, which is committed, or as the file given: libs/metrics reads no files, a browser has none. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'elucidate-metrics-'));
const binary = join(folder, 'product.wasm');
const { error, stderr } = await asc.main([
  'assembly/product.ts', 'assembly/reflection.ts', '--baseDir', root, '--outFile', binary, '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd', '--initialMemory', '19',
]);
if (error) {
  console.error(stderr.toString());
  console.error(error.message);
  process.exit(1);
}
const lines = readFileSync(binary).toString('hex').match(/.{1,160}/g).map((line) => `  '${line}'`);
writeFileSync(process.argv[2] ?? join(root, 'src', 'kernel-code.ts'), `/** assembly/*.ts, compiled to WebAssembly, in hexadecimal: npm run -w @elucidate/metrics build:kernel. */\nexport const kernelCode = [\n${lines.join(',\n')},\n].join('');\n`);
rmSync(folder, { recursive: true });
