/** What the API reports of a sweep or of the installation, as it happens. */
export interface LiveEvent {
  type: string;
  sweepId: string | null;
  at: string;
  data: Readonly<Record<string, unknown>>;
}

/** Every type of event that the API sends. */
export const eventTypes = [
  'sweep.submitted', 'sweep.edited', 'sweep.changed', 'sweep.prioritised', 'sweep.paused', 'sweep.budget_spent', 'sweep.resumed', 'sweep.stopping', 'sweep.retried', 'sweep.cancelled', 'sweep.ended',
  'stage.started', 'stage.progress', 'stage.preview', 'stage.done', 'stage.failed', 'stage.retrying', 'stage.lease_expired', 'stage.released',
  'worker.joined', 'worker.changed', 'worker.quarantined', 'worker.stopping', 'worker.gone',
] as const;

/** The page's own: a stream was opened, for the first time or again. What happened before, since the page was sent what it shows, may not be reported. */
export const openedEvent: LiveEvent = { type: 'opened', sweepId: null, at: '', data: {} };

type Receive = (event: LiveEvent) => void;

interface Stream {
  source: EventSource;
  receivers: Set<Receive>;
}

/** Open streams by their address. Views share them: over HTTP/1.1 a browser opens six connections to a server, for all its tabs together, and a stream keeps one. */
const streams = new Map<string, Stream>();

function opened(address: string): Stream {
  const stream = { source: new EventSource(address), receivers: new Set<Receive>() };
  streams.set(address, stream);
  const pass = (event: LiveEvent): void => {
    for (const receive of stream.receivers) receive(event);
  };
  stream.source.addEventListener('open', () => pass(openedEvent));
  for (const type of eventTypes) {
    stream.source.addEventListener(type, ({ data }: MessageEvent<string>) => {
      pass({ type, ...JSON.parse(data) as Omit<LiveEvent, 'type'> });
    });
  }
  return stream;
}

/** Calls `receive` for each event from now on, of one sweep if given, and each time the stream is opened, until the returned function is called. The browser reconnects by itself and goes on after the last event it saw. */
export function followEvents(sweepId: string | undefined, receive: Receive): () => void {
  const address = sweepId === undefined ? 'v1/events' : `v1/sweeps/${encodeURIComponent(sweepId)}/events?after=now`;
  const { source, receivers } = streams.get(address) ?? opened(address);
  receivers.add(receive);
  return () => {
    receivers.delete(receive);
    if (receivers.size > 0) return;
    source.close();
    streams.delete(address);
  };
}
