import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ElucidateError } from '@elucidate/experiment/errors';
import type { Log } from '@elucidate/shell/log';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { openBullQueue } from '@elucidate/dispatch/bull';
import { Planner } from '@elucidate/dispatch/planner';
import { reconcileRepeatedly } from '@elucidate/dispatch/reconcile-repeatedly';
import { whenAccepting } from '@elucidate/dispatch/when-accepting';
import { migrate } from '@elucidate/store/migrate';
import { eventsAfter, latestEventId } from '@elucidate/store/queries/events';
import { openStore } from '@elucidate/store/store';
import { ApiModule } from './api.module.js';
import type { Env } from './env.js';
import { EventFeed } from './events/feed.js';
import { exposureText, refuseUnprotected, urlOn } from './exposure.js';
import { authenticate } from './http/authentication.js';
import { BoundedAdapter, usualPatience, type Patience } from './http/bounded-adapter.js';
import { nestLogger } from './http/nest-logger.js';
import { compress } from './http/compress.js';
import { checkOrigin } from './http/origin.js';
import { limitRefused, limitRequests } from './http/rate-limit.js';
import { securityHeaders } from './http/security-headers.js';
import { maxBodyBytes, specMediaTypes } from './http/spec-body.js';
import { listenOn } from './listen-on.js';
import { ApiDocument } from './openapi/document.js';
import { serveDashboard } from './pages/dashboard.js';
import { Computations } from './computing/computations.js';
import type { Services } from './services.js';
import { summariseRepeatedly } from './summarise-repeatedly.js';
import { watchSchema } from './watch-schema.js';

export interface RunningServer {
  /** Where this machine reaches it: "http://127.0.0.1:3210". */
  url: string;
  /** What it listens on and who may use it, for people. */
  exposure: string;
  services: Services;
  /** Resolves with 'database.outdated' once the database's schema is no longer this code's: the server is then to be closed. */
  outdated: Promise<ElucidateError>;
  /** Ends the event streams, completes the requests in progress, then closes queue and database. */
  close(): Promise<void>;
}

/** Migrates, opens database and queue, and listens. Throws 'request.invalid' for a server without keys that a network could reach and for an address that it cannot have, 'database.unreachable', 'database.outdated', 'queue.unreachable'. */
export async function startServer(env: Env, log: Log, patience: Patience = usualPatience): Promise<RunningServer> {
  const services = await openServices(env, log, patience);
  const app = await createApp(services, log, patience);
  await app.init();
  const server = app.getHttpServer() as Server;
  await listenOn(server, env).catch(async (error: unknown) => {
    await closeServices(services);
    throw error;
  });
  const stopping = new AbortController();
  // refills a lost queue even while no worker is running
  const reconciling = reconcileRepeatedly({ store: services.store, queue: services.queue, signal: stopping.signal, log });
  const summarising = summariseRepeatedly({ db: services.store.db, signal: stopping.signal, onFault: (error) => log(`warning: ${error instanceof Error ? error.message : String(error)}`) });
  const watched = watchSchema({ db: services.store.db, everyMs: patience.schemaMs, signal: stopping.signal });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopping.abort();
    await services.feed.close();
    await Promise.all([reconciling, summarising, watched.ended]);
    await app.close();
    await closeServices(services);
  };
  const { port } = server.address() as AddressInfo;
  return { url: urlOn(env.host, port), exposure: exposureText(env, port), services, outdated: watched.outdated, close: () => (closing ??= close()) };
}

async function closeServices({ planner, computations, queue, store }: Services): Promise<void> {
  planner.close();
  computations.close();
  await queue.close();
  await store.close();
}

async function openServices(env: Env, log: Log, { databaseMs }: Patience): Promise<Services> {
  const { databaseUrl, redisUrl, queueUrl, home: { artifacts } } = env;
  const logFault = (error: unknown): void => log(`warning: ${error instanceof Error ? error.message : String(error)}`);
  await whenAccepting(() => migrate(databaseUrl), { log });
  const store = await whenAccepting(() => openStore({ url: databaseUrl, artifacts, connectMs: databaseMs }), { log });
  await refuseUnprotected(store.db, env).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const queue = await whenAccepting(() => openBullQueue({ databaseUrl, ...(redisUrl !== undefined && { redisUrl }), ...(queueUrl !== undefined && { queueUrl }), onError: logFault }), { log }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return { env, store, queue, feed: new EventFeed({ read: (options) => eventsAfter(store.db, options), latest: () => latestEventId(store.db) }, logFault), planner: new Planner(), computations: new Computations() };
}

async function createApp(services: Services, log: Log, patience: Patience): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.over(services), new BoundedAdapter(patience), { bodyParser: false, logger: nestLogger(log), abortOnError: false });
  app.disable('x-powered-by');
  const { env, store: { db } } = services;
  app.use(securityHeaders, checkOrigin(env), ...limitRefused(authenticate({ db, env })), ...limitRequests(env.requestsPerMinute), compress);
  app.useBodyParser('text', { type: [...specMediaTypes], limit: maxBodyBytes });
  serveDashboard(app);
  app.get(ApiDocument).build(app);
  return app;
}
