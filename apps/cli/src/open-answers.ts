import { createInlineQueue } from '@elucidate/dispatch/inline';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Answers } from './answers.js';
import { apiAddressFrom } from './api-address.js';
import { apiAnswers } from './api-answers.js';
import { answersAt, apiClient } from './api-client.js';
import { homeOf, type Home } from '@elucidate/shell/home';
import { localAnswers } from './local-answers.js';
import { hasLocalDatabase, openLocalStore } from './local-store.js';

const defaultApi = 'http://127.0.0.1:3210';

export interface SourceOptions {
  /** Address of an API; default: ELUCIDATE_API. */
  api?: string;
  /** Read this folder's database instead of querying an API. */
  local?: boolean;
}

/** The API that --api or ELUCIDATE_API names. Throws 'request.invalid' for what is no address. */
export function namedApi({ api }: SourceOptions): string | undefined {
  if (api !== undefined) return apiAddressFrom(api, '--api');
  const variable = process.env['ELUCIDATE_API'];
  return variable === undefined || variable === '' ? undefined : apiAddressFrom(variable, 'ELUCIDATE_API');
}

export const apiAddress = (options: SourceOptions): string => namedApi(options) ?? defaultApi;

/** The API to send to: that which is named; else one that answers on the default port; undefined: the database of this folder. */
export async function chosenApi(options: SourceOptions): Promise<string | undefined> {
  if (options.local) return undefined;
  return namedApi(options) ?? ((await answersAt(defaultApi)) ? defaultApi : undefined);
}

/** The API that is chosen; else the database of this folder if there is one. */
async function openAnswers(options: SourceOptions): Promise<Answers> {
  const chosen = await chosenApi(options);
  if (chosen !== undefined) return apiAnswers(apiClient(chosen));
  const home = homeOf();
  if (!hasLocalDatabase(home)) {
    throw new ElucidateError('api.unreachable', `No API answers at ${defaultApi} and there is no database in ${home.dir}. Start with \`elucidate demo\`, or name an API with --api or ELUCIDATE_API.`);
  }
  return openLocalAnswers(home);
}

/** The database of this folder. Its queue is in memory: stages retried here run when a worker's reconciler finds them. */
async function openLocalAnswers(home: Home): Promise<Answers> {
  const { store, close } = await openLocalStore(home);
  return localAnswers({ store, queue: createInlineQueue(), source: home.dir, close });
}

/** Opens answers, uses them, and always closes them. */
export async function withAnswers<T>(options: SourceOptions, use: (answers: Answers) => Promise<T>): Promise<T> {
  const answers = await openAnswers(options);
  try {
    return await use(answers);
  } finally {
    await answers.close();
  }
}
