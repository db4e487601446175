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
}

export const usualPatience: Patience = { headersMs: 10_000, requestMs: 30_000, databaseMs: 10_000 };

const maxConnections = 2000;

/** Express on an HTTP server that bounds what slow clients hold; Nest's own adapter leaves Node's defaults, which check every 30 s. */
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
}
