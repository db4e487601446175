import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  { name: 'close_leases', from: 'log_hash = r."logHash"', to: 'log_hash = r."logHash", log = r.log' },
  { name: 'close_leases', from: 'r("stageId" text, token bigint, "logHash" text)', to: 'r("stageId" text, token bigint, "logHash" text, log text)' },
];

/** The log of an attempt that ended well is most often a few lines: kept with the attempt, it costs none of the files and syncs of an artifact. */
export class ShortLogs1764000000095 implements MigrationInterface {
  readonly name = 'ShortLogs1764000000095';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table attempts add column log text');
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query('alter table attempts drop column log');
  }
}
