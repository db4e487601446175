import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every change of a stage is committed first, and what follows from it (a follower becomes ready, a sweep ends) is looked for afterwards, by the
 * same call. These tables hold what has been changed and not looked at yet, so that the reconciler can go on where a call was cut off. See docs/protocol.md.
 */
export class Unsettled1764000000030 implements MigrationInterface {
  readonly name = 'Unsettled1764000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the length of the lease that the stage is held under: its end is never later than now and this
      alter table stages add column lease_ms integer;

      -- a stage of a running sweep that has not ended: as long as that holds, the sweep is not over
      alter table sweeps add column watched_stage_id text;

      -- a stage whose state has changed: its followers and sweeps have not been looked at yet
      create table unsettled_stages (
        stage_id text constraint unsettled_stages_pkey primary key constraint unsettled_stages_stage_id_fkey references stages on delete cascade,
        at timestamptz not null default clock_timestamp(),
        -- the last follower that has been looked at; null: none, or the stage has no more than a page of them
        settled_to text
      );

      -- a sweep that was submitted, retried or cancelled: its stages from "position" on have not been brought into line yet
      create table unsettled_sweeps (
        sweep_id text constraint unsettled_sweeps_pkey primary key constraint unsettled_sweeps_sweep_id_fkey references sweeps on delete cascade,
        -- -1: all have, but whether the sweep is over has not been looked at
        position integer not null default 0,
        -- stages that had failed or been cancelled before this time start again
        restart_before timestamptz not null default clock_timestamp(),
        -- when somebody last worked on it
        at timestamptz not null default clock_timestamp()
      );

      -- the followers of a stage, page by page
      drop index stage_inputs_input_id;
      create index stage_inputs_input_id on stage_inputs (input_id, stage_id);

      create index sweep_stages_position on sweep_stages (sweep_id, position);

      -- The reconciler takes the longest ready first, kind by kind. "is not null" is always true, and keeps these indexes from queries that name stages by
      -- id and only compare the state: PostgreSQL would read the index through.
      drop index stages_ready, stages_leased;
      create index stages_ready on stages (kind, ready_at) where state = 'ready' and ready_at is not null;
      create index stages_leased on stages (lease_expires_at) where state = 'running' and lease_expires_at is not null;

      -- the reconciler finds out what the running sweeps watch
      insert into unsettled_sweeps (sweep_id, restart_before) select id, '-infinity' from sweeps where state = 'running';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index stages_ready, stages_leased;
      create index stages_ready on stages (ready_at) where state = 'ready';
      create index stages_leased on stages (lease_expires_at) where state = 'running';
      drop index sweep_stages_position, stage_inputs_input_id;
      create index stage_inputs_input_id on stage_inputs (input_id);
      drop table unsettled_sweeps, unsettled_stages;
      alter table sweeps drop column watched_stage_id;
      alter table stages drop column lease_ms;
    `);
  }
}
