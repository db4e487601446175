import type { MigrationInterface, QueryRunner } from 'typeorm';
import { inputsDone } from './1764000000031-settle.js';

const releaseStage = (mark: string): string => `
  -- Hands a stage back: ready at once, no attempt counted. Returns its job if the lease was this attempt's, or was handed back by an earlier call.
  create or replace function release_stage(of_stage text, of_token bigint, of_log text)
  returns table ("stageId" text, kind text, token integer, "position" integer) language plpgsql as $$
  #variable_conflict use_column
  begin
    update stages set state = 'ready', ready_at = clock_timestamp(), not_before = null, worker_id = null, lease_expires_at = null, lease_ms = null, progress = null
      where id = of_stage and token = of_token and state = 'running';
    if found then
      ${mark}update attempts set outcome = 'released', ended_at = clock_timestamp(), log_hash = of_log where stage_id = of_stage and token = of_token;
      perform stage_events('stage.released', array[of_stage], '{}');
    end if;
    return query select j.* from jobs_of(array(
      select s.id from stages s join attempts a on a.stage_id = s.id and a.token = s.token where s.id = of_stage and s.token = of_token and a.outcome = 'released')) j;
  end $$;`;

const markIfEarly = `-- an input was taken back meanwhile; whoever took it saw a running stage
      perform unsettle(array(select id from stages where id = of_stage and not ${inputsDone('stages')}));
      `;

/** A stage that is handed back while one of its inputs is being made again is settled: it stayed ready. Found by the model, `npm run check:protocol`. */
export class ReleasedWithInputTakenBack1764000000038 implements MigrationInterface {
  readonly name = 'ReleasedWithInputTakenBack1764000000038';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(releaseStage(markIfEarly));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(releaseStage(''));
  }
}
