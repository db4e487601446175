import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { previewFile } from '@elucidate/experiment/execution';
import type { Lease } from './lease.js';
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

/** Uploads the picture that an attempt shows of what it trains, the latest in place of the one before, while it runs. */
export class PreviewUpload {
  readonly #path: string;
  #seen = '';
  #sending: Promise<void> = Promise.resolve();
  #over = false;
  #complained = false;

  constructor(private readonly sql: Sql, private readonly lease: Lease, private readonly from: { workDir: string; onLog(line: string): void }) {
    this.#path = join(from.workDir, previewFile);
  }

  /** Uploads the picture if it is another one than before. Rejects if the database does not take it. */
  send(): Promise<void> {
    this.#sending = this.#sending.catch(() => undefined).then(() => this.#send());
    return this.#sending;
  }

  /** Uploads nothing more; of a stage that is done, removes what there is, also of attempts before. What is not removed now goes with `elucidate prune`. */
  async remove(): Promise<void> {
    this.#over = true;
    await this.#sending.catch(() => undefined);
    await run(this.sql, `delete from stage_previews where stage_id = $1 and exists (select from stages where id = $1 and state = 'done')`, [this.lease.stageId]).catch(() => undefined);
  }

  async #send(): Promise<void> {
    if (this.#over) return;
    const png = await this.#another();
    if (png === undefined) return;
    await transition(this.sql, `
      with taken as (
        insert into stage_previews (stage_id, token, taken_at, png)
        select id, token, clock_timestamp(), $3 from stages where id = $1 and token = $2 and state = 'running'
        on conflict (stage_id) do update set token = excluded.token, taken_at = excluded.taken_at, png = excluded.png
        returning stage_id, taken_at)
      select stage_events('stage.preview', array[stage_id], jsonb_build_object('takenAt', taken_at)) from taken`, [this.lease.stageId, this.lease.token, png]);
  }

  /** The picture, if there is one that was not seen yet; one that cannot be shown is named in the log, once. */
  async #another(): Promise<Buffer | undefined> {
    // what a program left there is followed nowhere, and not waited for
    const file = await open(this.#path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const found = await file.stat();
      const mark = `${found.ino} ${found.mtimeMs} ${found.size}`;
      if (!found.isFile() || mark === this.#seen) return undefined;
      const { size } = found;
      this.#seen = mark;
      const png = size > mostBytes ? undefined : await file.readFile();
      const fault = png === undefined ? `it has ${size} bytes, at most ${mostBytes} are shown` : unfit(png);
      if (fault === undefined) return png;
      if (!this.#complained) this.from.onLog(`${previewFile} is not shown: ${fault}`);
      this.#complained = true;
      return undefined;
    } finally {
      await file.close();
    }
  }
}
