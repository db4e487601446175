import { ipKeyGenerator, MemoryStore, rateLimit, type Options, type RateLimitRequestHandler } from 'express-rate-limit';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { CallerRequest } from './authentication.js';
import { safeMethods } from './origin.js';

type Request = Parameters<Options['keyGenerator']>[0];

const windowMs = 60_000;
/** Requests with a wrong key, or none, from one address. */
const maxRefused = 60;

const addressOf = ({ socket }: Request): string => ipKeyGenerator(socket.remoteAddress ?? '');

/** Who a limit counts for: the owner of the key; without keys the address. */
const callerOf = (request: Request): string => `${(request as CallerRequest).principal?.id ?? ''} ${addressOf(request)}`;

const tooMany = (what: string): Options['handler'] => (_request, response, next) => {
  next(new ElucidateError('request.too_many', `${what}; wait ${String(response.getHeader('retry-after') ?? 60)} s and try again`));
};

const shared = { windowMs, standardHeaders: 'draft-8', legacyHeaders: false } as const;

type Middleware = (request: Request, response: Parameters<RateLimitRequestHandler>[1], next: (error?: unknown) => void) => void;

/** `authenticate`, before which an address that keeps sending wrong keys, or none where one is required, has to wait. A request that is let in is not counted, whether its answer ends, is left by its reader or is a stream. */
export function limitRefused(authenticate: Middleware): Middleware[] {
  const store = new MemoryStore();
  const limit = rateLimit({
    ...shared, limit: maxRefused, standardHeaders: false, keyGenerator: addressOf, store,
    handler: tooMany(`More than ${maxRefused} requests a minute with a wrong key, or none, from this address`),
  });
  return [limit, (request, response, next) => authenticate(request, response, (error) => {
    if (!(error instanceof ElucidateError && error.code === 'request.unauthorized')) void store.decrement(addressOf(request));
    next(error);
  })];
}

/** Middleware after authentication: `perMinute` requests of one caller a minute; a twentieth of that for submissions, plans and changes. 0: no limit. */
export function limitRequests(perMinute: number): RateLimitRequestHandler[] {
  if (perMinute === 0) return [];
  const plans = Math.max(1, Math.floor(perMinute / 20));
  return [
    rateLimit({ ...shared, limit: perMinute, keyGenerator: callerOf, skip: ({ path }) => path === '/healthz' || path === '/readyz', handler: tooMany(`More than ${perMinute} requests a minute`) }),
    rateLimit({ ...shared, standardHeaders: false, limit: plans, keyGenerator: callerOf, skip: ({ method }) => safeMethods.has(method), handler: tooMany(`More than ${plans} submissions, plans and changes a minute`) }),
  ];
}
