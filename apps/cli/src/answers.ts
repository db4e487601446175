import type { Precedence } from '@elucidate/dispatch/steer';
import type { Edited } from '@elucidate/dispatch/edit';
import type { AblationName } from '@elucidate/experiment/ablations';
import type { SweepFailures } from '@elucidate/experiment/failure-groups';
import type { Extension } from '@elucidate/experiment/extend-spec';
import type { PaperSummary, PublishedTable } from '@elucidate/experiment/paper-table';
import type { AblationTable, LeaderboardGroup } from '@elucidate/experiment/tables';
import type { MetricPlot, PlotRequest } from '@elucidate/experiment/plot';
import type { TrialsPage } from '@elucidate/experiment/trials';
import type { StageKind, StageState } from '@elucidate/experiment/stages';
import type { CellDetail } from '@elucidate/store/queries/cell-detail';
import type { AttemptLog } from '@elucidate/store/queries/logs';
import type { StageSummary } from '@elucidate/store/queries/stages';
import type { WorkerRow } from '@elucidate/store/queries/workers';
import type { SweepDetail, SweepSummary } from '@elucidate/store/queries/sweeps';
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
  stages(id: string, filter: { kind?: StageKind; state?: StageState }): Promise<StageSummary[]>;
  /** The running stages of a sweep. */
  running(id: string): Promise<StageSummary[]>;
  /** What failed in a sweep, grouped into its causes. */
  failures(id: string): Promise<SweepFailures>;
  /** Best first by a metric; defaults to the first that was requested. */
  leaderboard(id: string, metric?: string): Promise<LeaderboardGroup[]>;
  /** The ablation tables of what it varies, the first to read first. */
  tables(id: string): Promise<AblationName[]>;
  table(id: string, request: TableRequest): Promise<AblationTable>;
  /** The pictures of what it varies, the first to look at first. */
  plots(id: string): Promise<PlotRequest[]>;
  /** The numbers of a picture. */
  plot(id: string, request: PlotRequest): Promise<MetricPlot>;
  /** One configuration, by its id or the first 6 digits of it or more, of a sweep or of the newest that has it. */
  cell(id: string, sweep?: string): Promise<CellDetail>;
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
  submit(file: SpecFile): Promise<SweepDetail>;
  /** Makes a sweep what a file says. */
  edit(id: string, file: SpecFile, request: EditRequest & { version: number }): Promise<EditAnswer>;
  extend(id: string, extension: Extension, request: EditRequest): Promise<EditAnswer>;
  /** The log of an attempt at a stage, given by its id or the first 8 digits or more of it; by default of the last that left one. */
  log(stage: string, attempt?: number): Promise<AttemptLog>;
  /** Every worker that is or was there, the last seen first. */
  workers(): Promise<WorkerRow[]>;
  /** Asks a worker to take a kind again, or all, that it was set aside for. */
  releaseWorker(id: string, kind?: StageKind): Promise<WorkerRow>;
  close(): Promise<void>;
}
