import type { z } from 'zod';
import { mediaTypes } from './http/negotiate.js';
import type { ComponentName } from './schemas/components.js';
import { ablationNameSchema, artifactHashSchema, eventsQuerySchema, formatQuerySchema, gridsQuerySchema, pageQuerySchema, stageIdSchema, stagesQuerySchema, sweepIdSchema, tableQuerySchema, workersQuerySchema } from './schemas/requests.js';

export interface RouteAnswer {
  description: string;
  /** A component answered as JSON. */
  json?: ComponentName;
  /** Other media types it may come in. */
  media?: readonly string[];
  headers?: Readonly<Record<string, string>>;
}

/** One route as the OpenAPI document tells it. A test holds the list against the routes the server has. */
export interface Route {
  method: 'get' | 'post' | 'delete';
  path: string;
  operationId: string;
  summary: string;
  params?: Readonly<Record<string, z.ZodType>>;
  query?: z.ZodObject;
  headers?: Readonly<Record<string, string>>;
  takesSpec?: boolean;
  answers: Readonly<Record<number, RouteAnswer>>;
  /** Statuses of problems it may answer with, besides 400 and 500. */
  problems?: readonly number[];
}

const sweepId = { id: sweepIdSchema };
const tableMedia = Object.values(mediaTypes).slice(1);
const html = ['text/html; charset=utf-8'];
const stream = { description: 'Server-sent events: id, event (the type), data ({ sweepId, at, data } as JSON). Comments keep it alive.', media: ['text/event-stream'] };
const lastEventId = { 'Last-Event-ID': 'The last event seen; the stream goes on after it.' };

export const routes: readonly Route[] = [
  { method: 'post', path: '/v1/sweeps', operationId: 'submitSweep', summary: 'Submit a sweep', takesSpec: true,
    headers: { 'Idempotency-Key': 'A second request with the same key and body gets the first one\'s sweep.' },
    answers: { 201: { description: 'Submitted.', json: 'Sweep', headers: { Location: 'The sweep.' } }, 200: { description: 'Was submitted before under this Idempotency-Key.', json: 'Sweep', headers: { Location: 'The sweep.' } } },
    problems: [403, 409, 413, 415, 422] },
  { method: 'post', path: '/v1/sweeps/plan', operationId: 'planSweep', summary: 'What a sweep would take; submits nothing', takesSpec: true,
    answers: { 200: { description: 'The plan.', json: 'Plan' } }, problems: [403, 413, 415, 422] },
  { method: 'get', path: '/v1/sweeps', operationId: 'listSweeps', summary: 'Sweeps, newest first', query: pageQuerySchema, answers: { 200: { description: 'A page.', json: 'SweepList' } } },
  { method: 'get', path: '/v1/sweeps/:id', operationId: 'getSweep', summary: 'One sweep', params: sweepId, answers: { 200: { description: 'The sweep.', json: 'Sweep' } }, problems: [404] },
  { method: 'delete', path: '/v1/sweeps/:id', operationId: 'deleteSweep', summary: 'Cancel a sweep; what is done stays', params: sweepId, answers: { 200: { description: 'Cancelled.', json: 'Sweep' } }, problems: [403, 404, 409] },
  { method: 'post', path: '/v1/sweeps/:id/cancel', operationId: 'cancelSweep', summary: 'Cancel a sweep; what is done stays', params: sweepId, answers: { 200: { description: 'Cancelled.', json: 'Sweep' } }, problems: [403, 404, 409] },
  { method: 'post', path: '/v1/sweeps/:id/retry', operationId: 'retrySweep', summary: 'Try a sweep\'s failed stages again', params: sweepId, answers: { 200: { description: 'The sweep.', json: 'Sweep' } }, problems: [403, 404, 409] },
  { method: 'get', path: '/v1/sweeps/:id/stages', operationId: 'listStages', summary: 'A sweep\'s stages in the order of its plan', params: sweepId, query: stagesQuerySchema, answers: { 200: { description: 'The stages.', json: 'StageList' } }, problems: [404] },
  { method: 'get', path: '/v1/sweeps/:id/leaderboard', operationId: 'sweepLeaderboard', summary: 'A sweep\'s configurations by mean FID, grouped by evaluator and n', params: sweepId, query: formatQuerySchema,
    answers: { 200: { description: 'The leaderboard.', json: 'Leaderboard', media: tableMedia } }, problems: [404, 406] },
  { method: 'get', path: '/v1/sweeps/:id/tables/:name', operationId: 'ablationTable', summary: 'An ablation table', params: { ...sweepId, name: ablationNameSchema }, query: tableQuerySchema,
    answers: { 200: { description: 'The table.', json: 'AblationTable', media: tableMedia } }, problems: [404, 406] },
  { method: 'get', path: '/v1/sweeps/:id/grids', operationId: 'sweepGrids', summary: 'Where the sample grids of a sweep are', params: sweepId, query: gridsQuerySchema, answers: { 200: { description: 'Their artifacts.', json: 'GridList' } }, problems: [404] },
  { method: 'get', path: '/v1/sweeps/:id/report', operationId: 'sweepReport', summary: 'A sweep\'s results as one self-contained HTML file', params: sweepId, answers: { 200: { description: 'The report.', media: html } }, problems: [404] },
  { method: 'get', path: '/v1/sweeps/:id/events', operationId: 'sweepEvents', summary: 'A sweep\'s events, from its first unless told otherwise', params: sweepId, query: eventsQuerySchema, headers: lastEventId, answers: { 200: stream }, problems: [404] },
  { method: 'get', path: '/v1/leaderboard', operationId: 'leaderboard', summary: 'Configurations of all sweeps, a group for each evaluator and n', query: formatQuerySchema,
    answers: { 200: { description: 'The leaderboard.', json: 'Leaderboard', media: tableMedia } }, problems: [406] },
  { method: 'get', path: '/v1/stages/:id', operationId: 'getStage', summary: 'One stage, by its id or the first 8 digits or more of it', params: { id: stageIdSchema }, answers: { 200: { description: 'The stage.', json: 'Stage' } }, problems: [404] },
  { method: 'get', path: '/v1/stages/:id/log', operationId: 'getStageLog', summary: 'The log of a stage\'s last ended attempt', params: { id: stageIdSchema }, answers: { 200: { description: 'The log.', media: ['text/plain; charset=utf-8'] } }, problems: [404] },
  { method: 'get', path: '/v1/artifacts/:hash', operationId: 'getArtifact', summary: 'An artifact\'s bytes', params: { hash: artifactHashSchema }, headers: { 'If-None-Match': 'The ETag of the bytes already held.' },
    answers: { 200: { description: 'The bytes, under the media type they were written with; they never change.', media: ['application/octet-stream', 'image/png', 'application/json'], headers: { ETag: 'The hash, quoted.' } }, 304: { description: 'The bytes are those already held.' } }, problems: [404] },
  { method: 'get', path: '/v1/workers', operationId: 'listWorkers', summary: 'Workers, those seen last first', query: workersQuerySchema, answers: { 200: { description: 'The workers.', json: 'WorkerList' } } },
  { method: 'get', path: '/v1/events', operationId: 'events', summary: 'Events of the whole installation, from now on unless told otherwise', query: eventsQuerySchema, headers: lastEventId, answers: { 200: stream } },
  { method: 'get', path: '/healthz', operationId: 'health', summary: 'Whether the process lives', answers: { 200: { description: 'It does.', json: 'Health' } } },
  { method: 'get', path: '/readyz', operationId: 'readiness', summary: 'Whether database and queue answer', answers: { 200: { description: 'Both do.', json: 'Readiness' }, 503: { description: 'One does not.', json: 'Readiness' } } },
  { method: 'get', path: '/openapi.json', operationId: 'openApi', summary: 'This document', answers: { 200: { description: 'OpenAPI 3.1.', media: ['application/json'] } } },
  { method: 'get', path: '/', operationId: 'home', summary: 'A page for people', answers: { 200: { description: 'The page.', media: html } } },
];
