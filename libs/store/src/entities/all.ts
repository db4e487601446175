import { ApiKey } from './api-key.js';
import { Artifact } from './artifact.js';
import { Attempt } from './attempt.js';
import { Cell } from './cell.js';
import { EtaPrediction } from './eta-prediction.js';
import { Event } from './event.js';
import { Import, ImportedScore } from './imports.js';
import { KeptStage } from './kept-stage.js';
import { LogPart } from './log-part.js';
import { Metric } from './metric.js';
import { StageInput } from './stage-input.js';
import { StageOutput } from './stage-output.js';
import { StagePreview } from './stage-preview.js';
import { Pass } from './pass.js';
import { Program } from './program.js';
import { Stage } from './stage.js';
import { OwnerShare, SweepShare } from './shares.js';
import { ReadyPlace } from './ready-place.js';
import { SweepProgram } from './sweep-program.js';
import { SweepStage } from './sweep-stage.js';
import { CellPlace, KeptTables, SweepAxis, TableSum } from './ablation-tables.js';
import { Budget, CellEstimate, ChangedStage, ChangedSweep, LookDue, RankingSize, ScoreGroup, StageCount, SweepSize } from './summaries.js';
import { Sweep } from './sweep.js';
import { TrialStage } from './trial-stage.js';
import { Trial } from './trial.js';
import { UnsettledStage } from './unsettled-stage.js';
import { UnsettledSweep } from './unsettled-sweep.js';
import { CellScore, LeaderboardLine, TrialScore } from './views.js';
import { Worker } from './worker.js';

/** Every table and view as TypeORM sees it. Migrations create them; a test compares the two. */
export const entities = [
  Sweep, Cell, Trial, TrialStage, Stage, StageInput, StageOutput, SweepStage, Attempt, LogPart, StagePreview, Metric, Artifact, Worker, Event, ApiKey, UnsettledStage, UnsettledSweep, KeptStage, ReadyPlace, OwnerShare, SweepShare, Pass, Program, SweepProgram,
  Budget, LookDue, ChangedStage, ChangedSweep, SweepSize, StageCount, CellEstimate, ScoreGroup, RankingSize, SweepAxis, CellPlace, KeptTables, TableSum,
  Import, ImportedScore, EtaPrediction,
  TrialScore, CellScore, LeaderboardLine,
] as const;
