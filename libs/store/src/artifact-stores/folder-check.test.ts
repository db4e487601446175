import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkWritable } from './folder-check.js';

test('a folder that cannot be written is described in the same words each time', async () => {
  const home = await mkdtemp(join(tmpdir(), 'check-'));
  // a file in the folder's place refuses also root
  const folder = join(home, 'incoming');
  await writeFile(folder, '');
  const description = async () => await checkWritable(folder).then(() => 'writable', ({ code, message }: Error & { code: string }) => `${code}: ${message}`);
  expect(await description()).toMatch(/^folder.unusable: ENOTDIR: .*incoming'; check that/);
  expect(await description()).toBe(await description());
  await rm(home, { recursive: true });
});
