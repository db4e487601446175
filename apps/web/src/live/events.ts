/** What the API reports of a sweep or of the installation, as it happens. */
export interface LiveEvent {
  type: string;
  sweepId: string | null;
  at: string;
  data: Readonly<Record<string, unknown>>;
}

/** Every type of event that the API sends. */
export const eventTypes = [
  'sweep.submitted', 'sweep.edited', 'sweep.changed', 'sweep.prioritised', 'sweep.paused', 'sweep.budget_spent', 'sweep.resumed', 'sweep.stopping', 'sweep.retried', 'sweep.cancelled', 'sweep.ended', 'sweep.deleted',
  'stage.started', 'stage.progress', 'stage.preview', 'stage.done', 'stage.failed', 'stage.retrying', 'stage.lease_expired', 'stage.released',
  'worker.joined', 'worker.changed', 'worker.quarantined', 'worker.stopping', 'worker.gone',
] as const;

/** The page's own: a stream was opened, for the first time or again. What happened before, since the page was sent what it shows, may not be reported. */
export const openedEvent: LiveEvent = { type: 'opened', sweepId: null, at: '', data: {} };

/** The page's own: the browser has given a stream up, since it was refused. What it is about may be gone. */
export const refusedEvent: LiveEvent = { ...openedEvent, type: 'refused' };

/** A stream that was refused, as while the database is away, is opened again after so long. */
const reopenMs = 5000;

type Receive = (event: LiveEvent) => void;

/** A stream that is open for as long as somebody receives its events. */
class Stream {
  readonly receivers = new Set<Receive>();
  private source: EventSource | undefined;
  private reopening: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly address: string) {
    this.open();
  }

  close(): void {
    clearTimeout(this.reopening);
    this.source?.close();
  }

  private open(): void {
    const source = new EventSource(this.address);
    this.source = source;
    source.addEventListener('open', () => this.pass(openedEvent));
    source.addEventListener('error', () => {
      // of a connection that broke the browser makes another; an answer that is no stream it takes for the last word
      if (source.readyState !== EventSource.CLOSED) return;
      this.reopening = setTimeout(() => this.open(), reopenMs);
      this.pass(refusedEvent);
    });
    for (const type of eventTypes) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) => this.pass({ type, ...JSON.parse(data) as Omit<LiveEvent, 'type'> }));
    }
  }

  private pass(event: LiveEvent): void {
    for (const receive of this.receivers) receive(event);
  }
}

/** Open streams by their address. Views share them: over HTTP/1.1 a browser opens six connections to a server, for all its tabs together, and a stream keeps one. */
const streams = new Map<string, Stream>();

/** Calls `receive` for each event from now on, of one sweep if given, and each time the stream is opened or refused, until the returned function is called. The browser reconnects by itself and goes on after the last event it saw. */
export function followEvents(sweepId: string | undefined, receive: Receive): () => void {
  const address = sweepId === undefined ? 'v1/events' : `v1/sweeps/${encodeURIComponent(sweepId)}/events?after=now`;
  const stream = streams.get(address) ?? new Stream(address);
  streams.set(address, stream);
  stream.receivers.add(receive);
  return () => {
    stream.receivers.delete(receive);
    if (stream.receivers.size > 0) return;
    stream.close();
    streams.delete(address);
  };
}
