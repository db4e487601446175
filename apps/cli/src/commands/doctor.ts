import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf } from '@elucidate/experiment/printable';
import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { capacityHere, type Capacity } from '@elucidate/runtime/capacity';
import { gibibytes } from '@elucidate/runtime/memory';
import type { BackendChoice } from '@elucidate/engine/backend';
import { findEngines, type EngineFinding } from '@elucidate/runtime/engines';
import { prepareDataset } from '@elucidate/stages/prepare-dataset';
import { labelledImages } from '@elucidate/stages/real-images';
import type { IdxSetName } from '@elucidate/training/datasets/idx-sets';
import { sigmaDataOf } from '@elucidate/training/datasets/statistics';
import { workloadParams } from '@elucidate/training/throughput';
import { profileTraining, type Profile } from '@elucidate/runtime/profile';
import { measureScaling, type Scaling } from '@elucidate/runtime/scaling';
import { loadScaling, saveScaling } from '@elucidate/runtime/scaling-file';
import { exitCodes } from '@elucidate/shell/exit';
import { homeOf } from '@elucidate/shell/home';
import { interruptSignal } from '../interrupt.js';
import { storageFindings } from './doctor-storage.js';
import { tried, type Finding } from './finding.js';

export interface DoctorOptions {
  calibrate?: boolean;
  /** Name of the network. */
  profile?: Profile['workload']['network'];
  /** Of a profile. */
  batch?: number;
  dataset?: IdxSetName;
  threads?: number;
  backend: BackendChoice;
  json?: boolean;
}

async function disk(): Promise<string> {
  const home = homeOf();
  await mkdir(home.dir, { recursive: true });
  const { bavail, bsize } = await statfs(home.dir);
  return `${gibibytes(bavail * bsize)} free under ${home.dir}`;
}

/** Reports what this machine offers and lacks, with remedies. Exit code 3 when something required is missing. */
export async function doctor(options: DoctorOptions): Promise<void> {
  if (options.profile !== undefined) return profile({ ...options, network: options.profile });
  if (options.batch !== undefined || options.dataset !== undefined) throw new ElucidateError('request.invalid', `--${options.batch === undefined ? 'dataset' : 'batch'} says how --profile trains; give --profile too`);
  if (options.calibrate) await calibrate(options);
  const { engines, chosen } = await findEngines(options.backend);
  const home = homeOf().dir;
  const scaling = await loadScaling(home, chosen);
  const capacity = await capacityHere({ home, engine: chosen, requested: {} });
  const findings: Finding[] = [
    { what: 'node', ok: true, detail: `${process.versions.node} on ${process.platform} ${process.arch}` },
    { what: 'machine', ok: true, detail: `${availableParallelism()} cores, ${gibibytes(totalmem())} memory (${gibibytes(freemem())} free)` },
    { what: 'engine', ok: true, detail: chosen.line },
    ...capacity.why.map((detail, i) => ({ what: i === 0 ? 'division' : 'memory', ok: true, detail })),
    await tried('disk', disk),
    ...(await storageFindings(homeOf())),
    await tried('data set', () => prepareDataset({ name: 'fashion-mnist', resolution: 32 }, { home, log: () => undefined })),
  ];
  console.log(options.json ? jsonOf({ findings, engines, capacity, scaling: scaling ?? null }) : describe({ findings, engines, capacity, scaling }));
  process.exitCode = findings.every(({ ok }) => ok) ? exitCodes.done : exitCodes.environment;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Measures every division of the cores and stores the result. */
async function calibrate({ backend, json }: DoctorOptions): Promise<void> {
  const log = json ? () => undefined : say;
  const { signal, dispose } = interruptSignal();
  try {
    const [load = 0] = loadavg();
    log(`measuring how this machine trains fastest${load > 0.5 ? `; it is busy (load ${load.toFixed(1)}), so the result may be wrong: measure again when it is idle` : ''}`);
    log(`stored in ${await saveScaling(homeOf().dir, await measureScaling({ backend, signal, log: (line) => log(`  ${line}`) }))}\n`);
  } finally {
    dispose();
  }
}

async function profile({ backend, threads = 1, network, batch = 64, dataset, json }: DoctorOptions & Pick<Profile['workload'], 'network'>): Promise<void> {
  const workload = { network, batch, resolution: 32 } as const;
  const place = { home: homeOf().dir, onLog: json ? () => undefined : say, signal: new AbortController().signal };
  const images = dataset && (await labelledImages({ name: dataset, split: 'train', resolution: workload.resolution }, place));
  const found = await profileTraining({ backend, threads }, workload, images && { images, sigmaData: sigmaDataOf({ ...workloadParams(workload, 0), dataset: { name: dataset, resolution: workload.resolution } }, images) });
  console.log(json ? jsonOf(found) : describeProfile(found));
}

interface Diagnosis {
  findings: readonly Finding[];
  engines: readonly EngineFinding[];
  capacity: Capacity;
  scaling: Scaling | undefined;
}

const describe = ({ findings, engines, capacity, scaling }: Diagnosis): string => [
  ...findings.map(({ what, ok, detail }) => `${ok ? 'ok     ' : 'MISSING'} ${what.padEnd(9)} ${detail}`),
  '', 'engines, in the order they are tried:', ...engines.map(({ name, detail }) => `  ${name.padEnd(12)} ${detail}`),
  ...(scaling ? ['', ...describeScaling(scaling, capacity)] : []),
].join('\n');

const describeScaling = ({ engine, workload, rows, measuredAt }: Scaling, { slots, threads }: Capacity): string[] => [
  `stages x threads, on ${engine.backend} ${engine.version}, ${workload.network} at batch ${workload.batch}, measured ${measuredAt.slice(0, 10)}:`,
  ...rows.map((row) => `  ${`${row.slots} x ${row.threads}`.padEnd(9)} ${row.imagesPerSecond.toPrecision(3).padStart(7)} images/s trained${row.threads === threads ? `  <- used${slots < row.slots ? ` with ${slots} slots` : ''}` : ''}`),
];

const describeProfile = ({ engine, workload, steps, ms, kernels }: Profile): string => {
  const inKernels = kernels.reduce((sum, kernel) => sum + kernel.ms, 0);
  return [
    `${engine}`,
    `${workload.network}, batch ${workload.batch}, ${workload.resolution}x${workload.resolution}: ${(ms / steps).toFixed(0)} ms a step, ${((100 * inKernels) / ms).toFixed(0)} % of it in kernels`,
    '', 'kernel                     calls/step   ms/step  share  in JavaScript',
    ...kernels.map((kernel) => `${kernel.kernel.padEnd(26)} ${(kernel.calls / steps).toFixed(0).padStart(10)} ${(kernel.ms / steps).toFixed(2).padStart(9)} ${`${((100 * kernel.ms) / ms).toFixed(1)} %`.padStart(6)}  ${kernel.fallbacks > 0 ? `${(kernel.fallbacks / steps).toFixed(0)} of its calls` : ''}`.trimEnd()),
  ].join('\n');
};
