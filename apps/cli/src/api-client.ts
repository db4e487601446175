import { apiKeyFrom } from './api-address.js';
import { ElucidateError, errorCodes, type ErrorCode, type Problem } from '@elucidate/experiment/errors';

export interface ApiClient {
  readonly url: string;
  get<T>(path: string): Promise<T>;
  text(path: string): Promise<string>;
  bytes(path: string): Promise<Uint8Array>;
  post<T>(path: string, options?: SendOptions): Promise<T>;
  /** As post; and whether it made something new, which a request that was made before under its idempotency key does not. */
  create<T>(path: string, options?: SendOptions): Promise<{ made: T; isNew: boolean }>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options?: SendOptions): Promise<T>;
}

export interface SendOptions {
  /** Piece by piece: sent as the API takes it, one piece in memory at a time. */
  body?: string | AsyncIterable<Uint8Array>;
  contentType?: string;
  idempotencyKey?: string;
  /** The version of the sweep that the request is meant for. */
  version?: number;
}

interface ProblemDocument {
  code?: string;
  detail?: string;
  title?: string;
  problems?: Problem[];
}

const isErrorCode = (code: string | undefined): code is ErrorCode => code !== undefined && Object.hasOwn(errorCodes, code);

/** The error that a problem+json response describes. */
async function errorOf(response: Response, url: string): Promise<ElucidateError> {
  const problem = (await response.json().catch(() => ({}))) as ProblemDocument;
  const message = problem.detail ?? problem.title ?? `${url} responded with status ${response.status}`;
  const fallback: ErrorCode = response.status === 404 ? 'not_found' : response.status < 500 ? 'request.invalid' : 'api.unreachable';
  return new ElucidateError(isErrorCode(problem.code) ? problem.code : fallback, message, { problems: problem.problems ?? [] });
}

/** Sends pieces as the other side takes them. What they themselves reject with is thrown as it is, and not as an API that does not answer. */
async function streamed<T>(body: AsyncIterable<Uint8Array>, send: (pieces: ReadableStream<Uint8Array>) => Promise<T>): Promise<T> {
  let broken: { error: unknown } | undefined;
  const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      yield* body;
    } catch (error) {
      broken = { error };
      throw error;
    }
  };
  return send(ReadableStream.from(pieces())).catch((error: unknown) => {
    throw broken === undefined ? error : broken.error;
  });
}

/** The HTTP API at a base URL; requests carry the key if there is one. Throws 'api.unreachable' when nothing answers, else the error in the response. */
export function apiClient(url: string, key = apiKeyFrom(process.env)): ApiClient {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const request = async (path: string, { headers = {}, ...init }: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> => {
    const response = await fetch(new URL(path, url), { ...init, headers: { ...authorization, ...headers } }).catch((cause: unknown) => {
      throw new ElucidateError('api.unreachable', `No elucidate API answers at ${url}; start one with \`elucidate api\`, name another with --api or ELUCIDATE_API, or do without: \`elucidate run --local sweep.yaml\``, { cause });
    });
    if (!response.ok) throw await errorOf(response, url);
    return response;
  };
  const sent = (method: string, path: string, { body, contentType = 'application/yaml', idempotencyKey, version }: SendOptions = {}): Promise<Response> => {
    const headers = { ...(body !== undefined && { 'content-type': contentType }), ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }), ...(version !== undefined && { 'if-match': `"${version}"` }) };
    if (body === undefined || typeof body === 'string') return request(path, { method, headers, ...(body !== undefined && { body }) });
    return streamed(body, (pieces) => request(path, { method, headers, body: pieces, duplex: 'half' }));
  };
  const send = async <T>(method: string, path: string, options?: SendOptions): Promise<T> => (await (await sent(method, path, options)).json()) as T;
  return {
    url,
    get: async <T>(path: string) => (await (await request(path)).json()) as T,
    text: async (path) => (await request(path)).text(),
    bytes: async (path) => new Uint8Array(await (await request(path)).arrayBuffer()),
    post: (path, options) => send('POST', path, options),
    create: async <T>(path: string, options?: SendOptions) => {
      const response = await sent('POST', path, options);
      return { made: (await response.json()) as T, isNew: response.status === 201 };
    },
    send,
  };
}

/** A connection is refused at once where nothing listens; an API that does may have a busy machine. */
const answerMs = 20_000;

/** True when an elucidate API answers there. */
export async function answersAt(url: string): Promise<boolean> {
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), answerMs);
  const response = await fetch(new URL('/healthz', url), { signal: tooLate.signal }).catch(() => null);
  clearTimeout(timer);
  return response?.ok ?? false;
}
