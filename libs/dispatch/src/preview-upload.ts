import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { previewFile } from '@elucidate/experiment/execution';
import type { Lease } from './lease.js';
import { oneAtATime } from './one-at-a-time.js';
import { run, transition, type Sql } from './sql.js';

/** Bytes of a picture at most, and pixels of a side. */
const [mostBytes, mostPixels] = [2 ** 20, 4096];
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Why bytes are no picture to show; undefined if they are one. Width and height follow the signature and the head of the first chunk (PNG 3rd edition, 5.2 and 11.2.1). */
function unfit(png: Buffer): string | undefined {
  if (png.length < 24 || !png.subarray(0, 8).equals(signature)) return 'it is no PNG';
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  return Math.max(width, height) > mostPixels ? `it has ${width}x${height} pixels, at most ${mostPixels} a side are shown` : undefined;
}

/** Changes whenever a file is written, or another takes its place. */
const markOf = ({ ino, mtimeMs, size }: Stats): string => `${ino} ${mtimeMs} ${size}`;

/** The first bytes of a file, at most so many. */
async function firstBytes(file: FileHandle, most: number): Promise<Buffer> {
  const bytes = Buffer.alloc(most);
  let length = 0;
  for (let read = 1; read > 0 && length < most; length += read) ({ bytesRead: read } = await file.read(bytes, length, most - length));
  return bytes.subarray(0, length);
}

export interface PreviewOptions {
  /** Where the picture is looked for. */
  workDir: string;
  onLog(line: string): void;
  /** Time between two uploads at least; default 10 s. */
  everyMs?: number | undefined;
}

interface Picture {
  png: Buffer;
  mark: string;
}

/** Uploads the picture that an attempt shows of what it trains, the latest in place of the one before, while it runs. */
export class PreviewUpload {
  readonly #path: string;
  /** Of the picture that was uploaded, or was unfit, last. */
  #seen = '';
  #sentAt = -Infinity;
  #over = false;
  #complained = false;

  constructor(private readonly sql: Sql, private readonly lease: Lease, private readonly options: PreviewOptions) {
    this.#path = join(options.workDir, previewFile);
  }

  /** Uploads the picture if it is another one than before, and the last upload is long enough ago. Rejects if the database does not take it: a later call tries again. */
  readonly send = oneAtATime(() => this.#send());

  /** Uploads nothing more; of a stage that is done, removes what there is, also of attempts before. What is not removed now goes with `elucidate prune`. */
  async remove(): Promise<void> {
    this.#over = true;
    await this.send().catch(() => undefined);
    await run(this.sql, `delete from stage_previews where stage_id = $1 and exists (select from stages where id = $1 and state = 'done')`, [this.lease.stageId]).catch(() => undefined);
  }

  async #send(): Promise<void> {
    if (this.#over || performance.now() - this.#sentAt < (this.options.everyMs ?? 10_000)) return;
    const picture = await this.#another();
    if (picture === undefined) return;
    try {
      await this.#insert(picture.png);
      this.#seen = picture.mark;
    } finally {
      this.#sentAt = performance.now();
    }
  }

  /** The lock makes a stage that is being completed, or taken over, decide first: a stale picture would stay. */
  async #insert(png: Buffer): Promise<void> {
    await transition(this.sql, `
      with mine as (select id, token from stages where id = $1 and token = $2 and state = 'running' for share),
      taken as (
        insert into stage_previews as shown (stage_id, token, taken_at, png)
        select id, token, clock_timestamp(), $3 from mine
        on conflict (stage_id) do update set token = excluded.token, taken_at = excluded.taken_at, png = excluded.png where shown.token <= excluded.token
        returning stage_id, taken_at)
      select stage_events('stage.preview', array[stage_id], jsonb_build_object('takenAt', taken_at)) from taken`, [this.lease.stageId, this.lease.token, png]);
  }

  /** The picture, if there is one that was not seen yet; one that cannot be shown is named in the log, once. */
  async #another(): Promise<Picture | undefined> {
    // what a program left there is followed nowhere, and not waited for
    const file = await open(this.#path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const found = await file.stat();
      const [mark, size] = [markOf(found), found.size];
      if (!found.isFile() || mark === this.#seen) return undefined;
      const png = await firstBytes(file, Math.min(size, mostBytes) + 1);
      // it is being written
      if (markOf(await file.stat()) !== mark) return undefined;
      const fault = size > mostBytes ? `it has ${size} bytes, at most ${mostBytes} are shown` : unfit(png);
      if (fault === undefined) return { png, mark };
      this.#seen = mark;
      if (!this.#complained) this.options.onLog(`${previewFile} is not shown: ${fault}`);
      this.#complained = true;
      return undefined;
    } finally {
      await file.close();
    }
  }
}
