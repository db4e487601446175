import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProgramSpec } from '@elucidate/experiment/program-grammar';
import { writeArchive } from './pack.js';
import { programFiles } from './program-files.js';

/** What a program of tests begins with: the task, and safetensors read and written with nothing but Node. */
const prelude = `
import { readFileSync, writeFileSync } from 'node:fs';
const task = JSON.parse(readFileSync(process.env.ELUCIDATE_TASK, 'utf8'));
if (task.contract !== 1) process.exit(64);
const arrays = { U8: Uint8Array, F32: Float32Array, F64: Float64Array, I64: BigInt64Array };
const open = (path) => {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, start));
  return (name) => { const { dtype, shape, data_offsets: [from, to] } = header[name]; return { shape, data: new arrays[dtype](new Uint8Array(bytes.subarray(start + from, start + to)).buffer) }; };
};
const save = (path, name, dtype, shape, data) => {
  let text = JSON.stringify({ [name]: { dtype, shape, data_offsets: [0, data.byteLength] } });
  text += ' '.repeat(-text.length & 7);
  const head = Buffer.alloc(8); head.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([head, Buffer.from(text), Buffer.from(data.buffer)]));
};
const say = (message) => console.log(JSON.stringify(message));
`;

/**
 * The exact denoiser of normally distributed pixels as a program: training measures mean and standard deviation of the images, and says what loss
 * the exact network has at rows of the design; sampling executes the trajectory. It knows nothing of schedules and samplers.
 */
export const gaussianProgram: Readonly<Record<string, string>> = {
  'main.mjs': `${prelude}
import { join } from 'node:path';
say({ versions: { node: process.version, device: 'cpu' } });
const { paths, data } = task;
let done = 0;
process.on('SIGTERM', () => { if (task.kind === 'train') writeFileSync(join(paths.checkpoint, 'state'), String(done)); process.exit(143); });
if (task.kind === 'train') {
  const { data: raw } = open(paths.images)('images');
  const pixels = data.floats ? raw : Float32Array.from(raw, (byte) => (byte / 127.5 - 1) * data.dataRange);
  const mean = pixels.reduce((sum, x) => sum + x, 0) / pixels.length;
  const std = Math.sqrt(pixels.reduce((sum, x) => sum + (x - mean) ** 2, 0) / pixels.length);
  const column = open(paths.design);
  const design = Object.fromEntries(['sigma', 'targetX0', 'targetEps', 'lossWeight', 'cSkip', 'cOut'].map((name) => [name, column(name).data]));
  const losses = [];
  for (let step = 0; step < task.train.steps; step += 1) {
    const k = Math.floor((65536 * (step + 0.5)) / task.train.steps);
    // of x0-hat, the variance of x0 given y; of the network, that over cOut^2
    const left = (std * design.sigma[k]) ** 2 / (std ** 2 + design.sigma[k] ** 2);
    losses.push((design.lossWeight[k] * left) / design.cOut[k] ** 2);
    done = step + 1;
    say({ progress: done / task.train.steps, note: 'step ' + done, values: { step: done } });
    await new Promise(setImmediate);
  }
  writeFileSync(paths.preview, 'a picture');
  writeFileSync(paths.weights, JSON.stringify({ mean, std, ...task.settings }));
  writeFileSync(paths.losses, JSON.stringify(losses));
}
if (task.kind === 'sample') {
  const { mean, std } = JSON.parse(readFileSync(paths.weights, 'utf8'));
  const t = JSON.parse(readFileSync(paths.trajectory, 'utf8'));
  const { shape, data: noise } = open(paths.noise)('noise');
  const size = noise.length / shape[0];
  const drawn = (k) => noise.subarray(k * size, (k + 1) * size);
  const total = (sum, v) => { const out = new Float64Array(size); for (const [name, weight] of Object.entries(sum)) v[name].forEach((x, i) => { out[i] += weight * x; }); return out; };
  const F = (e) => (x) => { const y = x / e.cIn; return ((e.sigma ** 2 * mean + std ** 2 * y) / (e.sigma ** 2 + std ** 2) - e.cSkip * y) / e.cOut; };
  let y = total({ n: t.start }, { n: drawn(0) }), past = [], draw = 1;
  for (const step of t.steps) {
    const v = { y };
    past.forEach((p, j) => { v['past.' + j + '.y'] = p.y; v['past.' + j + '.x0'] = p.x0; });
    for (let k = 0; k < step.draws; k += 1) v['noise.' + k] = drawn(draw++);
    step.evaluations.forEach((e, i) => {
      const at = total(e.at, v);
      const free = e.x0 ? total(e.x0, v) : at.map((p) => e.cSkip * p + e.cOut * F(e)(e.cIn * p));
      v['x0.' + i] = e.x0 || t.clamp === null ? free : free.map((p) => Math.min(t.clamp[1], Math.max(t.clamp[0], p)));
      if (i === 0) v.eps = at.map((p, j) => (p - free[j]) / e.sigma);
    });
    past = [{ y, x0: v['x0.0'] }, ...past].slice(0, t.memory);
    y = total(step.end, v);
  }
  save(paths.images, 'images', 'F32', shape.slice(1), Float32Array.from(y));
}
`,
};

/** A program that does what its setting \`do\` says. */
export const hostileProgram: Readonly<Record<string, string>> = {
  'main.mjs': `${prelude}
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
const forever = () => setInterval(() => {}, 1000);
const acts = {
  hang: () => { process.on('SIGTERM', () => {}); say({ log: 'pid ' + process.pid }); forever(); },
  flood: () => { for (let i = 0; i < 300000; i += 1) process.stdout.write('line ' + i + '\\n'); process.stdout.write('x'.repeat(3e6) + '\\n'); writeFileSync(task.paths.weights, 'w'); },
  nothing: () => {},
  'not finite': () => { writeFileSync(task.paths.weights, 'w'); writeFileSync(task.paths.losses, '[0.5, NaN, 0.1]'); },
  'losses as a pipe': () => { writeFileSync(task.paths.weights, 'w'); spawnSync('mkfifo', [task.paths.losses]); },
  'versions': () => { writeFileSync(task.paths.weights, 'w'); for (let i = 0; i < 30; i++) say({ versions: { ['k' + i]: 'v' } }); say({ versions: { k3: 'another', '__proto__': 'x' } }); },
  'wrong losses': () => { writeFileSync(task.paths.weights, 'w'); writeFileSync(task.paths.losses, '{"a": 1}'); },
  killed: () => process.kill(process.pid, 'SIGKILL'),
  error: () => { throw new TypeError('of the program'); },
  memory: () => { globalThis.held = []; setInterval(() => { const b = Buffer.alloc(64e6, 1); globalThis.held.push(b); }, 20); },
  // leaves a process behind, which ignores SIGTERM
  orphan: () => {
    const left = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: 'ignore' });
    say({ log: 'pid ' + left.pid });
    writeFileSync(task.paths.weights, 'w');
    setTimeout(() => process.exit(0), 300);
  },
  // hangs with a child and its child, and all three ignore SIGTERM
  family: () => {
    const ignoring = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
    spawn(process.execPath, ['-e', ignoring + "require('child_process').spawn(process.execPath, ['-e', " + JSON.stringify(ignoring) + "], { stdio: 'ignore' })"], { stdio: 'ignore' });
    acts.hang();
  },
  // on SIGTERM, counts in its checkpoint; ends when it finds one
  resume: () => {
    const file = join(task.paths.checkpoint, 'state');
    if (existsSync(file)) { writeFileSync(task.paths.weights, 'after ' + readFileSync(file, 'utf8')); return; }
    process.on('SIGTERM', () => { writeFileSync(file, 'a checkpoint'); process.exit(143); });
    say({ log: 'pid ' + process.pid });
    forever();
  },
  environment: () => { writeFileSync(task.paths.weights, JSON.stringify(process.env)); },
};
acts[task.settings.do]();
`,
};

/** Writes a program's files into a folder and packs them: the path of the archive, and the program as a sweep names it. */
export async function madeProgram(root: string, files: Readonly<Record<string, string | Uint8Array>>, settings: ProgramSpec['settings'] = {}): Promise<{ archive: string; program: ProgramSpec & { kind: 'program' }; folder: string }> {
  const folder = await mkdtemp(join(root, 'program-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const archive = `${folder}.tar`;
  const contents = await writeArchive(archive, folder, await programFiles(folder));
  return { archive, folder, program: { kind: 'program', contents, command: ['node', 'main.mjs'], settings } };
}

/** An extractor of features: mean and standard deviation of each row of pixels. */
export const rowsExtractor: Readonly<Record<string, string>> = {
  'main.mjs': `${prelude}
const { shape: [n, h, w, c], data } = open(task.paths.images)('images');
const unit = task.data.floats ? (x) => x : (x) => (x / 127.5 - 1) * task.data.dataRange;
const out = new Float32Array(n * h * 2);
const { wrong } = task.settings;
for (let i = 0; i < n * h; i += 1) {
  const row = Array.from(data.subarray(i * w * c, (i + 1) * w * c), unit);
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  out[2 * i] = mean;
  out[2 * i + 1] = Math.sqrt(row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length);
}
if (wrong === 'random') out[0] += Math.random();
if (wrong === 'batch') out.forEach((value, i) => { out[i] = value + n; });
say({ versions: { node: process.version } });
save(task.paths.features, 'features', 'F32', [n, 2 * h], wrong === 'width' ? out.slice(0, n * h) : wrong === 'nan' ? out.fill(NaN) : out);
`,
};
