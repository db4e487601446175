import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer } from 'node:http';
import type { RequestListener, ServerOptions } from 'node:http';

/** How long a client may take for its headers, and for its whole request; one that is slower is disconnected. The answer may take longer: an event stream has no end. */
export interface Patience {
  headersMs: number;
  requestMs: number;
}

export const usualPatience: Patience = { headersMs: 10_000, requestMs: 30_000 };

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
