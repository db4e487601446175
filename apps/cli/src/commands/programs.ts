import { jsonOf, printable } from '@elucidate/experiment/printable';
import { homeOf } from '@elucidate/shell/home';
import { sizeText } from '@elucidate/shell/size';
import { localPrincipal } from '@elucidate/store/principal';
import { listPrograms, type ProgramRow, removeProgram } from '@elucidate/store/queries/programs';
import { apiClient } from '../api-client.js';
import { openLocalStore } from '../local-store.js';
import { chosenApi, type SourceOptions } from '../open-answers.js';
import { programCalled } from '../program-called.js';

export interface ProgramsOptions extends SourceOptions {
  json?: boolean;
}

/** Where programs are stored: behind an API, or in the database of this folder. */
export interface StoredPrograms {
  list(): Promise<ProgramRow[]>;
  remove(contents: string): Promise<void>;
}

/** Lists the programs of the caller. */
export async function listStoredPrograms({ json = false, ...source }: ProgramsOptions): Promise<void> {
  const programs = await withPrograms(source, ({ list }) => list());
  console.log(json ? jsonOf(programs) : programs.length === 0 ? 'No programs; `elucidate program add FOLDER` stores one.' : [header, ...programs.map(line)].map(printable).join('\n'));
}

/** Forgets a program. Throws 'not_found', 'request.invalid' for digits that several begin with, 'request.conflict' while sweeps name it. */
export async function removeStoredProgram(digits: string, { json = false, ...source }: ProgramsOptions): Promise<void> {
  const { contents } = await withPrograms(source, async ({ list, remove }) => {
    const found = programCalled(digits, await list());
    await remove(found.contents);
    return found;
  });
  console.log(json ? jsonOf({ contents }) : `Forgot the program ${contents}; \`elucidate prune\` removes its files once no result has them.`);
}

const header = `${'contents'.padEnd(64)}  ${'added'.padEnd(16)}  ${'size'.padStart(9)}  ${'sweeps'.padStart(6)}  owner`;

const line = ({ contents, sizeBytes, owner, addedAt, sweeps }: ProgramRow): string =>
  `${contents}  ${addedAt.slice(0, 16).replace('T', ' ')}  ${sizeText(sizeBytes).padStart(9)}  ${String(sweeps).padStart(6)}  ${owner}`;

async function withPrograms<T>(options: SourceOptions, use: (programs: StoredPrograms) => Promise<T>): Promise<T> {
  const url = await chosenApi(options);
  if (url !== undefined) {
    const client = apiClient(url);
    return use({
      list: async () => (await client.get<{ programs: ProgramRow[] }>('/v1/programs')).programs,
      remove: async (contents) => void (await client.send('DELETE', `/v1/programs/${contents}`)),
    });
  }
  const { store, close } = await openLocalStore(homeOf());
  return use({ list: () => listPrograms(store.db, localPrincipal), remove: (contents) => removeProgram(store.db, contents, localPrincipal) }).finally(close);
}
