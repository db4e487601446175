import { Spine1764000000000 } from './1764000000000-spine.js';
import { Views1764000000001 } from './1764000000001-views.js';
import { LevelsOutsideTraining1764000000002 } from './1764000000002-levels-outside-training.js';
import { TrialStages1764000000003 } from './1764000000003-trial-stages.js';
import { SweepOwner1764000000004 } from './1764000000004-sweep-owner.js';
import { CountedAttempts1764000000005 } from './1764000000005-counted-attempts.js';
import { Scores1764000000010 } from './1764000000010-scores.js';
import { RenamedWords1764000000020 } from './1764000000020-renamed-words.js';
import { Unsettled1764000000030 } from './1764000000030-unsettled.js';
import { Settle1764000000031 } from './1764000000031-settle.js';
import { Transitions1764000000032 } from './1764000000032-transitions.js';
import { Steer1764000000033 } from './1764000000033-steer.js';
import { SetAside1764000000040 } from './1764000000040-set-aside.js';
import { ApiKeys1764000000050 } from './1764000000050-api-keys.js';
import { Summaries1764000000051 } from './1764000000051-summaries.js';
import { EventNumbers1764000000060 } from './1764000000060-event-numbers.js';
import { LatestDone1764000000061 } from './1764000000061-latest-done.js';
import { PauseStop1764000000070 } from './1764000000070-pause-stop.js';
import { FairShare1764000000071 } from './1764000000071-fair-share.js';
import { Versions1764000000075 } from './1764000000075-versions.js';
import { Deletion1764000000076 } from './1764000000076-deletion.js';
import { Edits1764000000077 } from './1764000000077-edits.js';
import { LooseStages1764000000078 } from './1764000000078-loose-stages.js';
import { Failures1764000000080 } from './1764000000080-failures.js';
import { Workers1764000000081 } from './1764000000081-workers.js';
import { LogParts1764000000082 } from './1764000000082-log-parts.js';
import { GenericPlans1764000000085 } from './1764000000085-generic-plans.js';
import { ImpliedKey1764000000086 } from './1764000000086-implied-key.js';
import { AblationTables1764000000090 } from './1764000000090-ablation-tables.js';
import { SummariesInTime1764000000091 } from './1764000000091-summaries-in-time.js';
import { StoppingSweeps1764000000094 } from './1764000000094-stopping-sweeps.js';
import { ShortLogs1764000000095 } from './1764000000095-short-logs.js';
import { PlannedTrials1764000000100 } from './1764000000100-planned-trials.js';
import { Papers1764000000120 } from './1764000000120-papers.js';
import { PaperViews1764000000121 } from './1764000000121-paper-views.js';
import { EditsUnderWay1764000000130 } from './1764000000130-edits-under-way.js';
import { RetiredTokens1764000000131 } from './1764000000131-retired-tokens.js';
import { LimitsOfStopping1764000000132 } from './1764000000132-limits-of-stopping.js';
import { StopEndsPause1764000000133 } from './1764000000133-stop-ends-pause.js';
import { Passes1764000000140 } from './1764000000140-passes.js';

/** Every migration, oldest first. A merged one is never edited: the schema changes by adding here. */
export const migrations = [Spine1764000000000, Views1764000000001, LevelsOutsideTraining1764000000002, TrialStages1764000000003, SweepOwner1764000000004, CountedAttempts1764000000005, Scores1764000000010, RenamedWords1764000000020, Unsettled1764000000030, Settle1764000000031, Transitions1764000000032, Steer1764000000033, SetAside1764000000040, ApiKeys1764000000050, Summaries1764000000051, EventNumbers1764000000060, LatestDone1764000000061, PauseStop1764000000070, FairShare1764000000071, Versions1764000000075, Deletion1764000000076, Edits1764000000077, LooseStages1764000000078, Failures1764000000080, Workers1764000000081, LogParts1764000000082, GenericPlans1764000000085, ImpliedKey1764000000086, AblationTables1764000000090, SummariesInTime1764000000091, StoppingSweeps1764000000094, ShortLogs1764000000095, PlannedTrials1764000000100, Papers1764000000120, PaperViews1764000000121, EditsUnderWay1764000000130, RetiredTokens1764000000131, LimitsOfStopping1764000000132, StopEndsPause1764000000133, Passes1764000000140] as const;

/** Their names as the database remembers them. */
export const migrationNames: readonly string[] = migrations.map((Migration) => new Migration().name);
