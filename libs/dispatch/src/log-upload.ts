import { shortened } from '@elucidate/experiment/text-limits';
import { BoundedLog } from './bounded-log.js';
import type { Lease } from './lease.js';
import { run, type Sql } from './sql.js';

/** Characters of one part, and which parts of an attempt are kept: the first ones and the last ones, a megabyte in all. */
const [partLimit, firstParts, lastParts] = [64 * 1024, 4, 12];

/** PostgreSQL's text holds neither NUL nor half a surrogate pair. */
export const forDatabase = (text: string): string => Buffer.from(text.replaceAll('\0', '\\x00')).toString();

/** Uploads what an attempt prints, in parts, while it runs: what can be read of it if its worker is killed. */
export class LogUpload {
  #printed = new BoundedLog(partLimit / 2);
  #unsent = '';
  #part = 0;
  #sending: Promise<void> = Promise.resolve();
  #over = false;

  constructor(private readonly sql: Sql, private readonly lease: Lease) {}

  push(line: string): void {
    this.#printed.push(line);
  }

  /** Uploads what was printed since the last time, or since the last time that succeeded. Rejects if the database does not take it. */
  send(): Promise<void> {
    this.#sending = this.#sending.catch(() => undefined).then(() => this.#send());
    return this.#sending;
  }

  async #send(): Promise<void> {
    const printed = this.#printed;
    if (this.#over) return;
    if (printed.empty && this.#unsent === '') return;
    this.#printed = new BoundedLog(partLimit / 2);
    this.#unsent = forDatabase(shortened(this.#unsent + (printed.empty ? '' : printed.text()), partLimit));
    await run(this.sql, `
      with gone as (delete from log_parts where stage_id = $1 and token = $2 and part >= ${firstParts} and part <= $3 - ${lastParts})
      insert into log_parts (stage_id, token, part, text) values ($1, $2, $3, $4) on conflict (stage_id, token, part) do update set text = excluded.text`,
    [this.lease.stageId, this.lease.token, this.#part, this.#unsent]);
    this.#part += 1;
    this.#unsent = '';
  }

  /** Uploads nothing more, and removes the parts if the attempt has its whole log. What is not removed now goes with `elucidate prune`. */
  async remove(): Promise<void> {
    // a part on its way would arrive after the others were removed
    this.#over = true;
    await this.#sending.catch(() => undefined);
    if (this.#part === 0) return;
    await run(this.sql, `
      delete from log_parts p using attempts a
      where p.stage_id = $1 and p.token = $2 and a.stage_id = p.stage_id and a.token = p.token and (a.log_hash is not null or a.log is not null)`, [this.lease.stageId, this.lease.token]).catch(() => undefined);
  }
}
