import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { openBullQueue } from '@elucidate/dispatch/bull';
import { reconcileRepeatedly } from '@elucidate/dispatch/reconcile-repeatedly';
import { migrate } from '@elucidate/store/migrate';
import { eventsAfter, latestEventId } from '@elucidate/store/queries/events';
import { openStore } from '@elucidate/store/store';
import { ApiModule } from './api.module.js';
import type { Env } from './env.js';
import { EventFeed } from './events/feed.js';
import { securityHeaders } from './http/security-headers.js';
import { maxBodyBytes, specMediaTypes } from './http/spec-body.js';
import { ApiDocument } from './openapi/document.js';
import type { Services } from './services.js';

export interface RunningServer {
  /** "http://127.0.0.1:3210" */
  url: string;
  services: Services;
  /** Ends streams, then answers what was asked, then leaves queue and database. */
  close(): Promise<void>;
}

const log = new Logger('elucidate');
const logFault = (error: unknown): void => log.warn(error instanceof Error ? error.message : String(error));

/** Migrates, opens database and queue, and listens. Throws 'database.unreachable', 'database.outdated', 'queue.unreachable'. */
export async function startServer(env: Env): Promise<RunningServer> {
  const services = await openServices(env);
  const app = await createApp(services);
  await app.listen(env.port, env.host);
  const stopping = new AbortController();
  // a lost queue heals even while no worker is there to notice
  const reconciling = reconcileRepeatedly({ store: services.store, queue: services.queue, signal: stopping.signal, log: (line) => log.log(line) });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopping.abort();
    await services.feed.close();
    await reconciling;
    await app.close();
    await services.queue.close();
    await services.store.close();
  };
  return { url: (await app.getUrl()).replace(/\/$/, ''), services, close: () => (closing ??= close()) };
}

async function openServices(env: Env): Promise<Services> {
  const { databaseUrl, redisUrl, artifactsDir } = env;
  await migrate(databaseUrl);
  const store = await openStore({ url: databaseUrl, artifactsDir });
  const queue = await openBullQueue({ databaseUrl, ...(redisUrl !== undefined && { redisUrl }), onError: logFault }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return { env, store, queue, feed: new EventFeed({ read: (options) => eventsAfter(store.db, options), latest: () => latestEventId(store.db) }, logFault) };
}

async function createApp(services: Services): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.over(services), { bodyParser: false, logger: ['error', 'warn'], abortOnError: false });
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.useBodyParser('text', { type: [...specMediaTypes], limit: maxBodyBytes });
  app.get(ApiDocument).build(app);
  return app;
}
