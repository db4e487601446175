import type { Precedence } from '@elucidate/dispatch/steer';
import type { Edited } from '@elucidate/dispatch/edit';
import type { SweepEffects } from '@elucidate/experiment/effects';
import type { Ladder } from '@elucidate/experiment/ladder';
import type { AskedScale } from '@elucidate/experiment/score-scale';
import type { SweepExtension } from '@elucidate/dispatch/extend';
import type { Advice } from '@elucidate/experiment/advice-offers';
import type { AblationName } from '@elucidate/experiment/ablations';
import type { SweepFailures } from '@elucidate/experiment/failure-groups';
import type { ResultImport } from '@elucidate/experiment/imported';
import type { SweepLedger } from '@elucidate/experiment/ledger';
import type { PaperSummary, PublishedTable } from '@elucidate/experiment/paper-table';
import type { AblationTable, LeaderboardGroup } from '@elucidate/experiment/tables';
import type { MetricPlot, PlotRequest } from '@elucidate/experiment/plot';
import type { ParallelPlot } from '@elucidate/experiment/parallel';
import type { Pareto } from '@elucidate/experiment/pareto';
import type { SizePlot } from '@elucidate/experiment/size-plot';
import type { TrajectoryPlot } from '@elucidate/experiment/trajectory-plot';
import type { TrialsPage } from '@elucidate/experiment/trials';
import type { AskedScores } from '@elucidate/experiment/score-basis';
import type { StageKind, StageState } from '@elucidate/experiment/stages';
import type { CellDetail } from '@elucidate/store/queries/cell-detail';
import type { ImportDetail, ImportedForSweep, ImportSummary } from '@elucidate/store/queries/imports';
import type { AttemptLog } from '@elucidate/store/queries/logs';
import type { ResultProvenance } from '@elucidate/store/queries/provenance';
import type { SweepEta } from '@elucidate/store/queries/sweep-eta';
import type { ListedStage } from '@elucidate/store/queries/stages';
import type { WorkerRow } from '@elucidate/store/queries/workers';
import type { SweepDetail, SweepSummary } from '@elucidate/store/queries/sweeps';
import type { LossPlot } from '@elucidate/report/sweep-losses';
import type { ParetoQuestion } from '@elucidate/store/queries/sweep-pareto';
import type { SpecFile } from './spec-file.js';

/** What an edit changes, and the sweep after it. */
export interface EditAnswer extends Edited {
  dryRun: boolean;
  sweep: SweepDetail;
}

export interface EditRequest {
  /** The version that the edit was made for; absent: whichever the sweep has. */
  version?: number;
  /** Only say what would change. */
  dryRun: boolean;
}

export interface TableRequest {
  name: AblationName;
  /** A metric's key; defaults to the first that the sweep requests. */
  metric?: string | undefined;
  /** Parameter -> label to fix it at, "sampler" -> "heun". */
  fixed: Readonly<Record<string, string>>;
  /** Whose scores; by default those of the most images. */
  scores?: AskedScores | undefined;
}

export interface EffectsRequest {
  metric?: string | undefined;
  scale?: AskedScale | undefined;
}

export interface LadderRequest extends EffectsRequest {
  /** The configuration that others differ from in one parameter: its id, the first 6 digits of it or more, or `best`. */
  from?: string | undefined;
  /** Configurations in this order, by their ids. */
  steps?: readonly string[] | undefined;
}

export interface PaperRequest {
  /** By default the newest sweep that has any of its configurations scored. */
  sweep?: string | undefined;
  fixed: Readonly<Record<string, string>>;
}

/** Which of the stages that failed or were cancelled: with neither, all. */
export interface RetryRequest {
  /** Only those that failed. */
  failed?: boolean;
  stages?: readonly string[];
}

/** A source of information about sweeps: an API over HTTP, or the database of this folder. Throws 'not_found' for an unknown sweep. */
export interface Answers {
  /** Its name in messages: "http://127.0.0.1:3210" or the folder. */
  readonly source: string;
  sweeps(limit: number): Promise<SweepSummary[]>;
  sweep(id: string): Promise<SweepDetail>;
  /** The stages of a sweep, in the order of its plan; all, or those of a kind or in a state. */
  stages(id: string, filter: { kind?: StageKind; state?: StageState }): Promise<ListedStage[]>;
  /** The running stages of a sweep. */
  running(id: string): Promise<ListedStage[]>;
  /** What failed in a sweep, grouped into its causes. */
  failures(id: string): Promise<SweepFailures>;
  /** Best first by a metric; defaults to the first that was requested. `keep`: only configurations with one of these labels of each parameter. */
  leaderboard(id: string, metric?: string, keep?: Readonly<Record<string, readonly string[]>>): Promise<LeaderboardGroup[]>;
  /** The first configurations of all sweeps. */
  leaderboardOfAll(most: number, metric?: string): Promise<LeaderboardGroup[]>;
  /** How sure it is of its best configuration, and what to repeat. */
  advice(id: string, metric?: string): Promise<Advice>;
  /** The ablation tables of what it varies, the first to read first. */
  tables(id: string): Promise<AblationName[]>;
  table(id: string, request: TableRequest): Promise<AblationTable>;
  /** The pictures of what it varies, the first to look at first. */
  plots(id: string): Promise<PlotRequest[]>;
  /** The numbers of a picture. */
  plot(id: string, request: PlotRequest & Pick<TableRequest, 'scores'>): Promise<MetricPlot>;
  /** Main effects and interactions of what it varies. */
  effects(id: string, request: EffectsRequest): Promise<SweepEffects>;
  /** Configurations one change at a time; by default in the order of a file that lists them. */
  ladder(id: string, request: LadderRequest): Promise<Ladder>;
  /** Its configurations across all that it varies and its metrics. */
  parallel(id: string): Promise<ParallelPlot>;
  /** The best for every budget. */
  pareto(id: string, request: Omit<ParetoQuestion, 'sweepId'>): Promise<Pareto>;
  /** The losses of its training runs. */
  losses(id: string): Promise<LossPlot>;
  /** Its trajectories, one for each metric. */
  trajectories(id: string): Promise<TrajectoryPlot[]>;
  /** A metric of its best configurations against the number of images. */
  sizes(id: string, metric: string | undefined): Promise<SizePlot>;
  /** One configuration, by its id or the first 6 digits of it or more, of a sweep or of the newest that has it. */
  cell(id: string, sweep?: string): Promise<CellDetail>;
  /** Everything behind the numbers of a stage, given by its id or the first 8 digits or more of it. */
  provenance(stage: string): Promise<ResultProvenance>;
  /** When a sweep is expected to end, and what was predicted before. */
  eta(id: string): Promise<SweepEta>;
  /** What was spent for a sweep, wasted, and saved. */
  ledger(id: string): Promise<SweepLedger>;
  /** The same of all sweeps, or of those of an owner, the newest first. */
  ledgers(owner?: string): Promise<SweepLedger[]>;
  /** Keeps results that were computed elsewhere. */
  importResults(results: ResultImport): Promise<ImportSummary & { created: boolean }>;
  /** All imports, the newest first. */
  imports(): Promise<ImportSummary[]>;
  import(id: string): Promise<ImportDetail>;
  removeImport(id: string): Promise<ImportSummary>;
  /** What was imported of a metric beside a sweep's scores; defaults to the first metric that it requests. */
  imported(id: string, metric?: string): Promise<ImportedForSweep>;
  /** The bytes of an artifact. */
  artifact(hash: string): AsyncIterable<Uint8Array>;
  /** Its report, an HTML file. */
  report(id: string): Promise<string>;
  /** All trials, page by page. */
  trials(id: string): AsyncIterable<TrialsPage>;
  /** Every published table. */
  papers(): Promise<PaperSummary[]>;
  /** A published table with a sweep's figures beside it. */
  paper(table: string, request: PaperRequest): Promise<PublishedTable>;
  cancel(id: string): Promise<void>;
  /** Deletes a sweep that has ended, in the version that was seen; returns how many stages went with it. */
  remove(id: string, version: number): Promise<number>;
  /** Of stages, ids or the first 8 or more digits of them. */
  retry(id: string, some: RetryRequest): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  stop(id: string): Promise<void>;
  prioritise(id: string, precedence: Precedence): Promise<void>;
  /** The newest sweeps of a name. */
  named(name: string): Promise<SweepSummary[]>;
  /** The newest sweeps with this in their name, description or owner, or at the beginning of their id. */
  searched(text: string): Promise<SweepSummary[]>;
  submit(file: SpecFile): Promise<SweepDetail>;
  /** Makes a sweep what a file says. */
  edit(id: string, file: SpecFile, request: EditRequest & { version: number }): Promise<EditAnswer>;
  extend(id: string, extension: SweepExtension, request: EditRequest): Promise<EditAnswer>;
  /** The log of an attempt at a stage, given by its id or the first 8 digits or more of it; by default of the last that left one. */
  log(stage: string, attempt?: number): Promise<AttemptLog>;
  /** Every worker that is or was there, the last seen first. */
  workers(): Promise<WorkerRow[]>;
  /** Asks a worker to take a kind again, or all, that it was set aside for. */
  releaseWorker(id: string, kind?: StageKind): Promise<WorkerRow>;
  close(): Promise<void>;
}
