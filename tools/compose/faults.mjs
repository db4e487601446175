/** What is done to the services while a sweep runs. */
import { until } from './sweep.mjs';

const startSeconds = 120;

/** Kills the main process of a service's first container; the engine has to start it again. */
const kill = (service) => ({ what: `${service} killed`, services: [service], act: ({ project, workerImage }) => project.killMain(project.containers(service)[0], workerImage) });
const restart = (service) => ({ what: `${service} restarted`, services: [service], act: ({ project }) => project.compose('restart', service) });

/** In this order, each in another phase of the sweep. */
const faults = [kill('worker'), restart('postgres'), restart('redis'), kill('redis'), kill('postgres'), kill('api')];

/**
 * Inflicts every fault, one at a time, while stages run; each time waits until the service has been started again, all are healthy and
 * the sweep goes on. Throws if it does not, or if the sweep ended before.
 */
export async function inflict({ project, api, sweep, say, workerImage }) {
  const settled = async () => (await sweep()).stages.done ?? 0;
  const running = async () => ((await sweep()).stages.running ?? 0) > 0;
  for (const { what, services, act } of faults) {
    await until('stages run', 10 * 60, running);
    const before = await settled();
    const [container] = services.flatMap(project.containers);
    const started = project.inspect(container, '{{.State.StartedAt}}');
    act({ project, workerImage });
    await until(`${container} is started again`, startSeconds, () => project.inspect(container, '{{.State.StartedAt}} {{.State.Running}}') !== `${started} true` && project.inspect(container, '{{.State.Running}}') === 'true');
    await until(`${container} is healthy again`, startSeconds, () => project.healthy(container));
    await until('the API is ready again', startSeconds, api.ready);
    await until('the sweep goes on', 10 * 60, async () => (await settled()) > before);
    const { state, stages } = await sweep();
    say(`${what}: running again, ${stages.done ?? 0} of ${Object.values(stages).reduce((sum, n) => sum + n, 0)} stages done`);
    if (state !== 'running') throw new Error(`the sweep was ${state} before every fault was tried`);
  }
}
