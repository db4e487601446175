import type { JSX } from 'preact';
import type { Schemas } from '../../api/client.js';
import { engineName, tookText } from '../../parts/attempt-text.js';
import { hrefOf } from '../../route/route.js';

type Stage = Schemas['Cell']['stages'][number];

/** Every try at a stage: who, with what, how long, how it ended, and its log. */
export const Attempts = ({ stage }: { stage: Stage }): JSX.Element => (
  <ul class="attempts">{stage.attempts.map(({ token, workerId, host, engine, version, outcome, ...attempt }) => (
    <li key={token}>
      <a href={hrefOf(['stages', stage.id], { attempt: String(token) })}>{token}</a> {outcome ?? 'running'}{attempt.endedAt !== null && ` after ${tookText(attempt)}`} on {host ?? <code>{workerId}</code>}
      {engine !== null && `, ${engineName(engine)}`}{version !== null && `, ${version}`}
    </li>
  ))}</ul>
);
