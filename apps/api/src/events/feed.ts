/** A row of the events table. */
export interface FeedEvent {
  /** Increasing; a reader resumes after the last id it saw. */
  id: number;
  sweepId: string | null;
  /** The sweep's owner; null: concerns the whole installation. */
  owner: string | null;
  type: string;
  data: unknown;
  at: string;
}

export interface EventSource {
  /** At most `limit` numbered events after `after`, oldest first; only those of one sweep if given. */
  read(options: { after: number; limit: number; sweepId?: string | undefined }): Promise<readonly FeedEvent[]>;
  /** The id of the newest numbered event, 0 when there is none. */
  latest(): Promise<number>;
}

export interface Follower {
  /** Whether it may see what belongs to this owner; null: to the whole installation. */
  visible(owner: string | null): boolean;
  sweepId?: string | undefined;
  /** The last id seen; undefined starts with the next event. */
  after: number | undefined;
  send(event: FeedEvent): void;
  /** Called once for a follower without a position: the id after which its events start. */
  start(id: number): void;
  /** Called when the feed closes; no event follows. */
  end(): void;
}

interface Following extends Follower {
  /** Has caught up, and receives events from the shared poll. */
  live: boolean;
}

const batch = 500;

/** One poll of the events table shared by all followers; it stops while there are none. */
export class EventFeed {
  private readonly followers = new Set<Following>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private tail: number | undefined;

  constructor(private readonly source: EventSource, private readonly onFault: (error: unknown) => void, private readonly everyMs = 500) {}

  /** Sends each event after `follower.after` once, in order, until the returned function is called. */
  follow(follower: Follower): () => void {
    const following: Following = { ...follower, live: false };
    this.followers.add(following);
    this.timer ??= setInterval(() => this.poll(), this.everyMs);
    this.poll();
    return () => {
      this.followers.delete(following);
      if (this.followers.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  /** Ends all followers and waits for the poll in progress. */
  async close(): Promise<void> {
    for (const follower of this.followers) follower.end();
    this.followers.clear();
    clearInterval(this.timer);
    this.timer = undefined;
    await this.running;
  }

  /** Polls now, or again after the poll in progress. */
  private poll(): void {
    this.again = true;
    this.running ??= this.run().catch(this.onFault).finally(() => { this.running = undefined; });
  }

  private async run(): Promise<void> {
    while (this.again) {
      this.again = false;
      if (this.followers.size === 0) this.tail = undefined;
      else await this.round();
    }
  }

  /** The tail is read before followers catch up, so that an event in between is read twice but sent once. */
  private async round(): Promise<void> {
    this.tail ??= await this.source.latest();
    for (const follower of this.followers) if (!follower.live) await this.catchUp(follower);
    const events = await this.source.read({ after: this.tail, limit: batch });
    for (const event of events) for (const follower of this.followers) if (follower.live) this.offer(follower, event);
    this.tail = events.at(-1)?.id ?? this.tail;
    if (events.length === batch) this.again = true;
  }

  private async catchUp(follower: Following): Promise<void> {
    if (follower.after === undefined) {
      follower.after = await this.source.latest();
      // it may have left, or been ended, meanwhile
      if (this.followers.has(follower)) follower.start(follower.after);
    }
    const events = await this.source.read({ after: follower.after, limit: batch, sweepId: follower.sweepId });
    for (const event of events) this.offer(follower, event);
    follower.live = events.length < batch;
    if (!follower.live) this.again = true;
  }

  private offer(follower: Following, event: FeedEvent): void {
    const wanted = follower.sweepId === undefined || follower.sweepId === event.sweepId;
    if (!wanted || event.id <= (follower.after ?? 0) || !this.followers.has(follower)) return;
    follower.after = event.id;
    if (!follower.visible(event.owner)) return;
    follower.send(event);
  }
}
