/** The container engine of this machine: Docker or Podman, with their `compose`. */
import { spawnSync } from 'node:child_process';
import { root } from '../bootstrap.mjs';

const answers = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/**
 * `podman compose` only starts one of the two programs named here. Podman's images are built without it: podman-compose 1.0 ends with 0
 * although a build has failed.
 */
const engines = [
  { name: 'docker', works: () => answers('docker', 'info') && answers('docker', 'compose', 'version'), compose: ['docker', 'compose'] },
  { name: 'podman', works: () => answers('podman', 'info') && answers('podman-compose', '--version'), compose: ['podman-compose'] },
];

/** The engine with this name, or the first that works here; undefined if there is none. */
export const findEngine = (wanted) => engines.find(({ name, works }) => (wanted === undefined || name === wanted) && works());

/** Runs a program; returns what it printed. Throws with the end of its errors. */
function output(env, program, args) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status === 0) return stdout.trim();
  throw new Error(`\`${program} ${args.join(' ')}\` ended with ${error?.message ?? status ?? signal}\n${(stderr ?? '').trim().slice(-2000)}`);
}

/** A Compose file as a project of its own: `file`, `project`, and `env`, the variables that the file refers to. */
export function composeProject(engine, { file, project, env: variables }) {
  const env = { ...process.env, ...variables };
  const [command, ...first] = engine.compose;
  const base = [...first, '-f', file, '-p', project];
  const compose = (...args) => output(env, command, [...base, ...args]);
  const run = (...args) => output(env, engine.name, args);
  const labelled = (name, value) => ['--filter', `label=com.docker.compose.${name}=${value}`];
  return {
    compose,
    run,
    /** Builds the images named elucidate-TARGET, with further options. */
    build: (target, options) => {
      const { status } = spawnSync(engine.name, ['build', ...(engine.name === 'podman' ? ['--format', 'docker'] : []), ...options, '--file', 'docker/Dockerfile', '--target', target, '--tag', `elucidate-${target}`, '.'], { cwd: root, env, stdio: ['ignore', 2, 2] });
      if (status !== 0) throw new Error(`The image elucidate-${target} could not be built; the output is above`);
    },
    inspect: (what, format) => run('inspect', '--format', format, what),
    /** Names of a service's containers, running or not. */
    containers: (service) => run('ps', '--all', ...labelled('project', project), ...labelled('service', service), '--format', '{{.Names}}').split('\n').filter(Boolean).sort(),
    exec: (container, ...args) => run('exec', container, ...args),
    /** Runs the image's health check; Docker has run it already. */
    healthy: (container) => (engine.name === 'docker' ? run('inspect', '--format', '{{.State.Health.Status}}', container) === 'healthy' : answers('podman', 'healthcheck', 'run', container)),
    /**
     * SIGKILL to a container's main process from outside, as when memory runs out: the engine's own `kill` would count as a request to stop it.
     * Sent from a container that sees all processes, since the engine may run in a virtual machine or as another user.
     */
    killMain: (container, image) => run('run', '--rm', '--pid=host', '--user=0', '--network=none', '--entrypoint=node', image, '-e', 'process.kill(Number(process.argv[1]), "SIGKILL")', run('inspect', '--format', '{{.State.Pid}}', container)),
    logs: (container) => {
      const { stdout, stderr } = spawnSync(engine.name, ['logs', '--tail', '30', container], { encoding: 'utf8' });
      return `${stdout}${stderr}`;
    },
    /** Removes containers, volumes and network; images are kept. */
    remove: () => {
      spawnSync(command, [...base, 'down', '--volumes', '--timeout', '10'], { cwd: root, env, stdio: 'ignore' });
      if (engine.name === 'podman') spawnSync('podman', ['network', 'rm', '--force', `${project}_default`], { stdio: 'ignore' });
    },
  };
}
