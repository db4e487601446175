import { existsSync } from 'node:fs';
import { createInlineQueue } from '@elucidate/dispatch/inline';
import { migrate } from '@elucidate/store/migrate';
import { openStore } from '@elucidate/store/store';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Answers } from './answers.js';
import { apiAnswers } from './api-answers.js';
import { answersAt, apiClient } from './api-client.js';
import { defaultApi, homeOf } from './home.js';
import { localAnswers } from './local-answers.js';
import { openDatabase } from './stack.js';

export interface SourceOptions {
  /** Address of an API; ELUCIDATE_API when left out. */
  api?: string;
  /** Read the database of this folder, asking no API. */
  local?: boolean;
}

export const apiAddress = ({ api }: SourceOptions): string => api ?? (process.env['ELUCIDATE_API'] || undefined) ?? defaultApi;

/** The API that was named; else one on the default port; else the database of this folder, where there is one. */
export async function openAnswers(options: SourceOptions): Promise<Answers> {
  const named = options.api ?? (process.env['ELUCIDATE_API'] || undefined);
  if (!options.local && (named !== undefined || (await answersAt(defaultApi)))) return apiAnswers(apiClient(apiAddress(options)));
  const home = homeOf();
  if (!process.env['DATABASE_URL'] && !existsSync(home.postgresDir)) {
    throw new ElucidateError('api.unreachable', `No API answers at ${defaultApi} and there is no database in ${home.dir}. Start with \`elucidate demo\`, or name an API with --api or ELUCIDATE_API.`);
  }
  return openLocalAnswers();
}

/** The database of this folder; the queue is our own, so what is retried here is run by whoever next looks. */
async function openLocalAnswers(): Promise<Answers> {
  const home = homeOf();
  const database = await openDatabase(home, () => undefined);
  await migrate(database.url);
  const store = await openStore({ url: database.url, artifactsDir: home.artifactsDir });
  const queue = createInlineQueue();
  const close = async (): Promise<void> => {
    await queue.close();
    await store.close();
    await database.stop();
  };
  return localAnswers({ store, queue, source: home.dir, close });
}

/** Uses answers and closes them, whatever happens. */
export async function withAnswers<T>(options: SourceOptions, use: (answers: Answers) => Promise<T>): Promise<T> {
  const answers = await openAnswers(options);
  try {
    return await use(answers);
  } finally {
    await answers.close();
  }
}

/** The id given, or the newest sweep's. */
export async function sweepIdOf(answers: Answers, id: string | undefined): Promise<string> {
  if (id !== undefined) return id;
  const [newest] = await answers.sweeps(1);
  if (!newest) throw new ElucidateError('not_found', `There is no sweep in ${answers.source} yet; submit one with \`elucidate submit sweep.yaml\``);
  return newest.id;
}
