import { all, attemptsOf, attemptsWith, counted, said, type Effect } from './effects.js';
import type { AttemptRow, Evidence } from './evidence.js';

const attempt = (more: Partial<AttemptRow>): AttemptRow => ({ stageId: 'a', token: 1, workerId: 'w', startedAt: 1000, endedAt: 2000, outcome: 'done', code: null, ...more });
const evidence: Evidence = {
  accepted: [], sweeps: [], stages: [], results: new Map(), damaged: [],
  workers: [{ id: 'w', pid: 7, seenAt: 0 }, { id: 'v', pid: 8, seenAt: 0 }],
  attempts: [attempt({}), attempt({ workerId: 'v', outcome: 'expired' }), attempt({ workerId: 'v', outcome: 'failed', code: 'stage.crashed' })],
  messages: ['train 0123: done', 'BullMQ on Redis does not answer'],
};

test.each<[string, Effect, string | null]>([
  ['something was counted', counted(3, 'keys were lost'), '3 keys were lost'],
  ['nothing was counted', counted(0, 'keys were lost'), null],
  ['an attempt of a worker that was hit expired', attemptsOf([8], 'expired'), '1 attempts of the workers that it hit ended as expired'],
  ['only an attempt of another worker expired', attemptsOf([7], 'expired'), null],
  ['a process that is none of the workers was hit', attemptsOf([9], 'expired'), null],
  ['an attempt ended with the error', attemptsWith('stage.crashed'), '1 attempts ended with stage.crashed'],
  ['no attempt ended with the error', attemptsWith('stage.stalled'), null],
  ['a worker said so', said(/Redis/), 'workers wrote "BullMQ on Redis does not answer"'],
  ['no worker said so', said(/PostgreSQL/), null],
  ['all of several', all(counted(1, 'kill'), said(/does not answer/)), '1 kill; workers wrote "BullMQ on Redis does not answer"'],
  ['not all of several', all(counted(1, 'kill'), said(/PostgreSQL/)), null],
])('the effect of a fault: %s', (_, effect, expected) => {
  expect(effect(evidence)).toBe(expected);
});
