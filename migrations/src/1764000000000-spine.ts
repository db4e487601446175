import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sweeps, cells, trials, stages, attempts, artifacts, metrics, workers, events: everything elucidate remembers. */
export class Spine1764000000000 implements MigrationInterface {
  readonly name = 'Spine1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sweeps (
        id text constraint sweeps_pkey primary key,
        name text not null,
        state text not null constraint sweeps_state check (state in ('running', 'done', 'failed', 'cancelled')),
        -- as resolved by the spec parser: every default filled in
        spec jsonb not null,
        spec_hash text not null,
        idempotency_key text constraint sweeps_idempotency_key unique,
        created_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz
      );

      -- a cell is one point of the grid, without seeds; the same cell in two sweeps has the same id
      create table cells (
        sweep_id text not null constraint cells_sweep_id_fkey references sweeps on delete cascade,
        id text not null,
        position integer not null,
        config jsonb not null,
        constraint cells_pkey primary key (sweep_id, id)
      );

      create table stages (
        id text constraint stages_pkey primary key,
        kind text not null,
        code_version integer not null,
        params jsonb not null,
        state text not null constraint stages_state check (state in ('waiting', 'ready', 'running', 'done', 'failed', 'quarantined', 'cancelled')),
        -- estimated floating-point operations
        work double precision not null,
        -- the fencing token: grows by one with every lease, never falls
        token bigint not null default 0,
        -- attempts charged to the stage; a clean release is not charged
        charged integer not null default 0,
        worker_id text,
        lease_expires_at timestamptz,
        not_before timestamptz,
        progress jsonb,
        error jsonb,
        provenance jsonb,
        created_at timestamptz not null default clock_timestamp(),
        ready_at timestamptz,
        started_at timestamptz,
        ended_at timestamptz
      );
      create index stages_ready on stages (ready_at) where state = 'ready';
      create index stages_leased on stages (lease_expires_at) where state = 'running';

      create table stage_inputs (
        stage_id text not null constraint stage_inputs_stage_id_fkey references stages on delete cascade,
        name text not null,
        input_id text not null constraint stage_inputs_input_id_fkey references stages,
        constraint stage_inputs_pkey primary key (stage_id, name)
      );
      create index stage_inputs_input_id on stage_inputs (input_id);

      create table sweep_stages (
        sweep_id text not null constraint sweep_stages_sweep_id_fkey references sweeps on delete cascade,
        stage_id text not null constraint sweep_stages_stage_id_fkey references stages,
        position integer not null,
        -- true when the stage was already done as the sweep was submitted
        reused boolean not null,
        constraint sweep_stages_pkey primary key (sweep_id, stage_id)
      );
      create index sweep_stages_stage_id on sweep_stages (stage_id);

      -- a trial is a cell with its seeds; its numbers are the metrics of its score stage
      create table trials (
        sweep_id text not null,
        cell_id text not null,
        train_seed integer not null,
        sample_seed integer not null,
        train_stage_id text not null constraint trials_train_stage_id_fkey references stages,
        sample_stage_id text not null constraint trials_sample_stage_id_fkey references stages,
        score_stage_id text not null constraint trials_score_stage_id_fkey references stages,
        constraint trials_pkey primary key (sweep_id, cell_id, train_seed, sample_seed),
        constraint trials_cell_fkey foreign key (sweep_id, cell_id) references cells on delete cascade
      );
      create index trials_score_stage_id on trials (score_stage_id);

      create table workers (
        id text constraint workers_pkey primary key,
        host text not null,
        pid integer not null,
        engine text not null,
        kinds text[] not null,
        concurrency integer not null,
        state text not null constraint workers_state check (state in ('active', 'stopping', 'quarantined', 'gone')),
        -- failures in a row, over different stages
        failures integer not null default 0,
        started_at timestamptz not null default clock_timestamp(),
        seen_at timestamptz not null default clock_timestamp()
      );

      -- one try of one worker at one stage
      create table attempts (
        stage_id text not null constraint attempts_stage_id_fkey references stages on delete cascade,
        token bigint not null,
        worker_id text not null,
        started_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz,
        outcome text constraint attempts_outcome check (outcome in ('done', 'failed', 'expired', 'released', 'cancelled')),
        error jsonb,
        log_hash text,
        constraint attempts_pkey primary key (stage_id, token)
      );

      create table artifacts (
        hash text constraint artifacts_pkey primary key,
        size_bytes bigint not null,
        media_type text not null,
        created_at timestamptz not null default clock_timestamp()
      );

      create table stage_outputs (
        stage_id text not null constraint stage_outputs_stage_id_fkey references stages on delete cascade,
        name text not null,
        hash text not null constraint stage_outputs_hash_fkey references artifacts,
        constraint stage_outputs_pkey primary key (stage_id, name)
      );

      create table metrics (
        stage_id text not null constraint metrics_stage_id_fkey references stages on delete cascade,
        name text not null,
        value double precision not null,
        spread double precision,
        n integer,
        evaluator text,
        details jsonb,
        constraint metrics_pkey primary key (stage_id, name)
      );

      -- A transaction's number above, a running number below: ids grow from transaction to transaction, so a reader that takes
      -- events in order of id, and only those of transactions older than every open one, passes none over. A plain sequence
      -- would not do: an open transaction may hold a smaller number than one that has ended.
      create sequence events_sequence;
      create function next_event_id() returns bigint language sql volatile
        return (pg_current_xact_id()::text::bigint << 20) | (nextval('events_sequence') & 1048575);

      -- what happened, in order; server-sent events are read from here. sweep_id null: concerns the whole installation
      create table events (
        id bigint constraint events_pkey primary key default next_event_id(),
        sweep_id text constraint events_sweep_id_fkey references sweeps on delete cascade,
        type text not null,
        data jsonb not null,
        at timestamptz not null default clock_timestamp(),
        -- the transaction that wrote it
        xid xid8 not null default pg_current_xact_id()
      );
      create index events_sweep_id on events (sweep_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table events, metrics, stage_outputs, artifacts, attempts, workers, trials, sweep_stages, stage_inputs, stages, cells, sweeps;
      drop function next_event_id;
      drop sequence events_sequence;
    `);
  }
}
