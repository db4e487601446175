import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type Schemas = components['schemas'];

/** The API that served this page, whatever the prefix of its address; requests and answers are typed by its OpenAPI document. */
export const api = createClient<paths>({ baseUrl: new URL('.', document.baseURI).href.replace(/\/$/, '') });

/** What the API objects to; its message is the problem's `detail`. */
export class ApiError extends Error {
  constructor(readonly problem: Pick<Schemas['Problem'], 'title' | 'detail'> & Partial<Schemas['Problem']>) {
    super(problem.detail);
  }
}

/** The data of an answer. Throws ApiError. */
export async function dataOf<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (data !== undefined && response.ok) return data;
  throw new ApiError((error as Schemas['Problem'] | undefined) ?? { title: response.statusText, detail: `${response.url} answered ${response.status}` });
}
