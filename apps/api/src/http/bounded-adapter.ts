import { StreamableFile } from '@nestjs/common';
import { jsonOf } from '@elucidate/experiment/printable';
import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer } from 'node:http';
import type { RequestListener, ServerOptions } from 'node:http';

/** How long the server waits for others. */
export interface Patience {
  /** A client that takes longer for its headers, or for its whole request, is disconnected. The answer may take longer: an event stream has no end. */
  headersMs: number;
  requestMs: number;
  /** A request that gets no connection to the database for so long is answered with 503. */
  databaseMs: number;
  /** How often it looks whether the database's schema is still its own. */
  schemaMs: number;
}

export const usualPatience: Patience = { headersMs: 10_000, requestMs: 30_000, databaseMs: 10_000, schemaMs: 30_000 };

const maxConnections = 2000;

/** What is used of Express's response. */
interface JsonResponse {
  status(code: number): void;
  get(header: string): string | undefined;
  set(header: string, value: string): void;
  send(text: string): unknown;
}

/** Express on an HTTP server that bounds what slow clients hold, where Nest's own adapter leaves Node's defaults, which check every 30 s; JSON that it answers hides nothing from a terminal. */
export class BoundedAdapter extends ExpressAdapter {
  constructor(private readonly patience: Patience) {
    super();
  }

  override initHttpServer(): void {
    const { headersMs, requestMs } = this.patience;
    const options: ServerOptions = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: Math.min(2000, headersMs / 2) };
    this.httpServer = createServer(options, this.getInstance<RequestListener>());
    this.httpServer.maxConnections = maxConnections;
  }

  override reply(response: JsonResponse, body: unknown, statusCode?: number): unknown {
    if (typeof body !== 'object' || body === null || body instanceof StreamableFile || body instanceof Error) return super.reply(response, body, statusCode);
    if (statusCode !== undefined) response.status(statusCode);
    if (response.get('content-type') === undefined) response.set('content-type', 'application/json');
    return response.send(jsonOf(body, 0));
  }
}
