import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';

/** The file that a command's first word names: a path, in the program's folder unless it is absolute, or a name in PATH. Throws program.needs_missing for what this worker lacks, stage.failed for what the folder does. */
export async function commandFile(name: string, { cwd, path = '' }: { cwd: string; path?: string | undefined }): Promise<string> {
  const places = name.includes('/') ? [isAbsolute(name) ? name : resolve(cwd, name)] : path.split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, name));
  for (const place of places) if (await isExecutable(place)) return place;
  if (name.includes('/') && !isAbsolute(name)) throw new ElucidateError('stage.failed', `The program's command ${name} is no executable file in its folder; mark it executable and add the folder again, or name its interpreter first: [python3, ${name}]`);
  throw new ElucidateError('program.needs_missing', `This worker has no ${name}${isAbsolute(name) ? '' : ` (PATH is ${path || 'empty'})`}; install it here, or let only workers that have it take these stages (--kinds)`);
}

async function isExecutable(place: string): Promise<boolean> {
  return access(place, constants.X_OK).then(async () => (await stat(place)).isFile(), () => false);
}
