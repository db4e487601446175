import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const body: Edit = {
  name: 'expire_leases', from: 'lease_expires_at < clock_timestamp() order by',
  to: 'lease_expires_at < least(seen_at, clock_timestamp()) order by',
};
const parameters: Edit = {
  name: 'expire_leases', from: 'IN max_attempts integer, INOUT',
  to: 'IN max_attempts integer, IN seen_at timestamp with time zone, INOUT',
};

/**
 * A reconciler ends the leases that it found expired, not those that have expired since: a machine that falls asleep between its look and this call wakes
 * up with all of them expired, and no pass has noted yet that it slept.
 */
export class ExpiredWhenSeen1764000000210 implements MigrationInterface {
  readonly name = 'ExpiredWhenSeen1764000000210';

  async up(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, [body, parameters]);
    await runner.query('drop procedure expire_leases(integer, integer, jsonb)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, [parameters], { undo: true });
    await runner.query('drop procedure expire_leases(integer, integer, timestamptz, jsonb)');
    await editFunctions(runner, [body], { undo: true });
  }
}
