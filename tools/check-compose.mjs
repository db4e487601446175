/**
 * `npm run check:compose`: builds the images, starts the Compose file, runs the quickstart on it while its services are killed and restarted,
 * and compares the result with a run outside of containers. `-- --help` lists the options.
 */
import { createServer } from 'node:net';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { composeProject, findEngine } from './compose/engine.mjs';
import { inflict } from './compose/faults.mjs';
import { checkImage } from './compose/images.mjs';
import { apiAt, expectedOf, until, winnerOf } from './compose/sweep.mjs';

const help = `npm run check:compose -- [options]

  --quick               a quarter of the quickstart (its profile quick)
  --engine NAME         docker or podman; default: the first that works
  --build-options=TEXT  given to the build of each image, such as --build-options="--network host"
  --no-build            use the images that are there
  --keep                leave everything running
  --require             without a container engine end with 1 instead of 0

Ends with 0 if all is as it should be, 1 if not, 2 for a wrong option. Containers, volumes and network are removed, images are kept.`;

/** Any character may be in a password: of an address, of a shell, of Compose's own language. */
const password = 'p@ss/w#rd:50%?&"x\' $HOME';
const images = ['elucidate-api', 'elucidate-worker'];
const services = ['postgres', 'redis', 'api', 'worker'];
const minutes = 60;

const began = Date.now();
const say = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(0).padStart(5)} s  ${text}`);

function options() {
  try {
    return parseArgs({ options: { 'quick': { type: 'boolean' }, 'engine': { type: 'string' }, 'build-options': { type: 'string', default: '' }, 'no-build': { type: 'boolean' }, 'keep': { type: 'boolean' }, 'require': { type: 'boolean' }, 'help': { type: 'boolean' } } }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    return process.exit(2);
  }
}

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().on('error', reject).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Throws naming everything that is wrong with the images. */
function checkImages(project) {
  const checked = images.map((image) => ({ image, ...checkImage(project, image) }));
  say(`images: ${checked.map(({ image, megabytes }) => `${image} ${megabytes} MB`).join(', ')}`);
  const problems = checked.flatMap(({ problems }) => problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Stops the workers as Compose does: each hands back its stages and ends with 0. */
async function checkStop(project, api) {
  project.compose('stop', '--timeout', '30', 'worker');
  const codes = project.containers('worker').map((container) => project.inspect(container, '{{.State.ExitCode}}'));
  if (codes.some((code) => code !== '0')) throw new Error(`stopped workers ended with ${codes.join(', ')} instead of 0`);
  const { workers } = await api.get('/v1/workers');
  if (workers.length > 0) throw new Error(`stopped workers are not gone: ${workers.map(({ id, state }) => `${id} ${state}`).join(', ')}`);
  say('stopped workers ended with 0 and are gone');
}

async function check(project, { api, form }) {
  project.compose('up', '-d');
  await until('the API is ready', 3 * minutes, api.ready);
  const all = services.flatMap(project.containers);
  await until('every container is healthy', 3 * minutes, () => all.every(project.healthy));
  say(`healthy, with the password ${password}: ${all.join(', ')}`);
  for (const container of ['api', 'worker'].flatMap(project.containers)) if (project.exec(container, 'id', '-u') === '0') throw new Error(`${container} runs as root`);
  project.exec(project.containers('api')[0], 'elucidate', 'key', 'create', '--owner', 'check');

  const { id, trials } = await api.submitQuickstart(form);
  const sweep = () => api.get(`/v1/sweeps/${id}`);
  say(`sweep ${id}: ${trials} trials`);
  await inflict({ project, api, sweep, say, workerImage: 'elucidate-worker' });
  await until('the sweep has ended', 60 * minutes, async () => (await sweep()).state !== 'running');
  const { state, stages, failures } = await sweep();
  if (state !== 'done') throw new Error(`the sweep is ${state}: ${JSON.stringify(failures)}`);
  const [found, expected] = [await winnerOf(api, id), expectedOf[form]];
  say(`sweep ${id} is done, ${stages.done} stages: ${JSON.stringify(found)}`);
  if (!isDeepStrictEqual(found, expected)) throw new Error(`expected ${JSON.stringify(expected)}`);
  await checkStop(project, api);
}

const given = options();
if (given.help) {
  console.log(help);
  process.exit(0);
}
const engine = findEngine(given.engine);
if (!engine) {
  console.log(`check:compose skipped: ${given.engine ?? 'neither Docker nor Podman'} works here: \`docker info\` and \`docker compose version\`, or \`podman info\` and \`podman-compose --version\`, must succeed`);
  process.exit(given.require ? 1 : 0);
}
const port = await freePort();
const project = composeProject(engine, { file: 'docker/compose.yaml', project: 'elucidate-check', env: { POSTGRES_PASSWORD: password, ELUCIDATE_PORT: String(port), ELUCIDATE_WORKERS: '2' } });
const remove = () => {
  if (!given.keep) project.remove();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => {
  remove();
  process.exit(130);
});
try {
  say(project.run('--version'));
  if (!given['no-build']) for (const target of ['api', 'worker']) project.build(target, given['build-options'].split(' ').filter(Boolean));
  checkImages(project);
  project.remove();
  await check(project, { api: apiAt(`http://127.0.0.1:${port}`), form: given.quick ? 'quick' : 'full' });
  say('check:compose passed');
} catch (error) {
  say(`check:compose FAILED: ${error.message}`);
  for (const container of services.flatMap(project.containers)) console.error(`--- ${container}\n${project.logs(container)}`);
  process.exitCode = 1;
} finally {
  remove();
}
