import { homeOf } from '@elucidate/shell/home';
import { sizeText } from '@elucidate/shell/size';
import { jsonOf } from '@elucidate/experiment/printable';
import { plural } from '@elucidate/experiment/plural';
import { packed } from '@elucidate/stages/programs/pack';
import { type ProgramFile, programFiles } from '@elucidate/stages/programs/program-files';
import { localPrincipal } from '@elucidate/store/principal';
import { recordProgram } from '@elucidate/store/queries/programs';
import { apiClient } from '../api-client.js';
import { openLocalStore } from '../local-store.js';
import { chosenApi, type SourceOptions } from '../open-answers.js';
import { commandFor, networkLine } from '../program-line.js';

export interface ProgramAddOptions extends SourceOptions {
  large?: boolean;
  json?: boolean;
}

interface Added {
  contents: string;
  /** Where it is now: an API, or a folder. */
  where: string;
}

const mediaType = 'application/x-tar';

/** Stores a program's folder and prints the `network` for a sweep file. Throws request.invalid with everything that keeps it from being one. */
export async function addProgram(folder: string, command: readonly string[], options: ProgramAddOptions): Promise<void> {
  const files = await programFiles(folder, { large: options.large ?? false });
  const chosen = commandFor(files, command);
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const { contents, where } = await stored(folder, files, options);
  const network = { kind: 'program', contents, command: chosen };
  console.log(options.json
    ? jsonOf({ network, where, sizeBytes, files: files.map(({ path }) => path) })
    : `${plural(files.length, 'file')}, ${sizeText(sizeBytes)}, in ${where}\n\nIn a sweep, as \`train.network\` or among the \`values\` of the parameter network; an extractor of features, as \`evaluate.extractor\`:\n${networkLine(network)}`);
}

async function stored(folder: string, files: readonly ProgramFile[], options: ProgramAddOptions): Promise<Added> {
  const url = await chosenApi(options);
  if (url !== undefined) {
    const { contents } = await apiClient(url).post<{ contents: string }>('/v1/programs', { body: packed(folder, files), contentType: mediaType });
    return { contents, where: url };
  }
  const home = homeOf();
  const { store, close } = await openLocalStore(home);
  try {
    const artifact = await store.artifacts.put(packed(folder, files), mediaType);
    await recordProgram(store.db, artifact, localPrincipal);
    return { contents: artifact.hash, where: home.dir };
  } finally {
    await close();
  }
}
