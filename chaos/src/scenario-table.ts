import type { Scenario } from './scenario.js';
import { apiKilled } from './scenarios/api-killed.js';
import { checkpointKill } from './scenarios/checkpoint-kill.js';
import { cancelAndRetry, overlappingClients } from './scenarios/clients.js';
import { databaseClock, databaseClockForward } from './scenarios/database-clock.js';
import { diskFull, readOnlyArtifacts, readOnlyWork, removedWork, unsharedArtifacts } from './scenarios/folders.js';
import { freezeInTransaction } from './scenarios/freeze-in-transaction.js';
import { freezeWorker, freezeWorkerAndStage } from './scenarios/freeze-worker.js';
import { heldSnapshot } from './scenarios/held-snapshot.js';
import { hugeLog } from './scenarios/huge-log.js';
import { hungStage } from './scenarios/hung-stage.js';
import { killStageProcess } from './scenarios/kill-stage-process.js';
import { killWorker } from './scenarios/kill-worker.js';
import { machineGone, packetsDropped } from './scenarios/network.js';
import { connectionsCut, postgresGone, postgresKilled } from './scenarios/postgres.js';
import { postgresDiskFull } from './scenarios/postgres-disk.js';
import { queueDropped, queueLocked, queueTruncated } from './scenarios/queue-tables.js';
import { redisFlushed, redisFrozen, redisGone, redisKilled, redisRestored } from './scenarios/redis.js';
import { newerSchema, olderCode } from './scenarios/versions.js';
import { workerClock } from './scenarios/worker-clock.js';

/** Every fault, by what is attacked: workers, logs, Redis, the queue's tables, PostgreSQL, API and clients, folders, network, versions. */
export const scenarios: readonly Scenario[] = [
  killWorker, killStageProcess, freezeWorker, freezeWorkerAndStage, freezeInTransaction, hungStage, workerClock, checkpointKill, hugeLog,
  redisKilled, redisFlushed, redisGone, redisFrozen, redisRestored, queueTruncated, queueDropped, queueLocked,
  postgresKilled, postgresGone, connectionsCut, databaseClock, databaseClockForward, heldSnapshot, postgresDiskFull,
  apiKilled, overlappingClients, cancelAndRetry,
  readOnlyArtifacts, readOnlyWork, unsharedArtifacts, removedWork, diskFull,
  packetsDropped, machineGone, olderCode, newerSchema,
];
