import { eventually } from './eventually.js';

/** What the tests read of GET /v1/sweeps/{id}. */
export interface SweepAnswer {
  id: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  trials: number;
  stages: Record<string, number>;
  reusedStages: number;
  failures: { stageId: string; kind: string; error: { code: string; message: string } }[];
}

export interface ApiClient {
  /** Posts a sweep without an idempotency key; expects 201. */
  submit(spec: object): Promise<SweepAnswer>;
  get<T>(path: string): Promise<T>;
  text(path: string): Promise<string>;
  /** The sweep, once it has stopped running. */
  ended(sweepId: string): Promise<SweepAnswer>;
}

/** An API server, reached over HTTP like any other client would. */
export function apiClient(url: string): ApiClient {
  const answer = async (path: string, expected: number, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url + path, init);
    if (response.status !== expected) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const get = async <T>(path: string): Promise<T> => (await (await answer(path, 200)).json()) as T;
  return {
    get,
    submit: async (spec) => (await (await answer('/v1/sweeps', 201, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(spec) })).json()) as SweepAnswer,
    text: async (path) => (await answer(path, 200)).text(),
    ended: (id) => eventually(`the end of sweep ${id}`, async () => {
      const sweep = await get<SweepAnswer>(`/v1/sweeps/${id}`);
      return sweep.state !== 'running' && sweep;
    }),
  };
}
