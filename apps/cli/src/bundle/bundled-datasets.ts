import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { idxSets, type IdxSetName } from '@elucidate/training/datasets/idx-sets';
import { folderPlace } from '@elucidate/training/datasets/folder-place';

/** Lets this process and its children find the data sets of a bundle, unless others are named or there: those known by name by their variables, folders by a link in the home folder. */
export function useBundledDatasets(bundle: string, { home, env }: { home: string; env: NodeJS.ProcessEnv }): void {
  for (const [name, { variable }] of Object.entries(idxSets) as [IdxSetName, { variable: string }][]) {
    const files = join(bundle, 'datasets', name);
    if (existsSync(files)) env[variable] ||= files;
  }
  for (const contents of namesIn(dirname(folderPlace(bundle, 'any')))) {
    const place = folderPlace(home, contents);
    mkdirSync(dirname(place), { recursive: true });
    try {
      symlinkSync(folderPlace(bundle, contents), place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
