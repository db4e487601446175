import { lastLine, tableOf, type Result } from './report.js';
import { rowIds } from './row-table.js';

const load = [0.1, 2] as const;
const latencies = { answers: 10, p50: 4.2, p99: 31, max: 40 };
const results: Result[] = [
  { id: 'redis-1k', stagesPerSecond: 500, throughput: { stagesPerSecond: 500, claimToComplete: latencies }, load },
  { id: 'postgres-1k', stagesPerSecond: 99.5, throughput: { stagesPerSecond: 99.5, claimToComplete: latencies }, load },
  { id: 'redis-1s', stagesPerSecond: 15.2, overhead: { stages: 1000, seconds: 66, percent: 4.76 }, load },
  { id: 'redis-idle', stagesPerSecond: null, idle: { connections: 3, transactionsPerSecond: 0.84 }, load },
  { id: 'bullmq-redis', stagesPerSecond: 5000, load },
  { id: 'optuna', stagesPerSecond: null, skipped: 'needs Optuna', load },
];

test('ours is compared with BullMQ alone on the same queue, where that was measured', () => {
  const [, , ...lines] = tableOf(results).split('\n');
  expect(lines).toEqual([
    '| ours on Redis, 1 x 16: 1,000 cells | 500 | 0.10 | 4.2 / 31.0 |  | 0.1 to 2.0 |',
    '| ours on PostgreSQL, 1 x 16: 1,000 cells | 99.5 |  | 4.2 / 31.0 |  | 0.1 to 2.0 |',
    '| ours on Redis, 1 x 16: stages of 1 s | 15.2 |  |  | 1000 stages in 66.0 s: +4.8 % | 0.1 to 2.0 |',
    '| ours on Redis, 1 x 16: nothing to do |  |  |  | 3 connections, 0.8 statements/s | 0.1 to 2.0 |',
    '| BullMQ on Redis: one worker, concurrency 16 | 5000 |  |  |  | 0.1 to 2.0 |',
    '| Optuna: a grid on PostgreSQL, 16 threads |  |  |  | skipped: needs Optuna | 0.1 to 2.0 |',
  ]);
});

test('the last line has every row, also one that was skipped', () => {
  expect(JSON.parse(lastLine(results))).toEqual({ stagesPerSecond: { 'redis-1k': 500, 'postgres-1k': 99.5, 'redis-1s': 15.2, 'redis-idle': null, 'bullmq-redis': 5000, optuna: null } });
});

test('every row has a title of its own', () => {
  const titles = tableOf(rowIds.map((id) => ({ id, stagesPerSecond: null, load }))).split('\n').slice(2).map((line) => line.split(' | ')[0]);
  expect(new Set(titles).size).toBe(rowIds.length);
});
