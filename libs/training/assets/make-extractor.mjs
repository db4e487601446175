/**
 * Trains the extractor that ships with the project and writes it with its card:
 *   node libs/training/assets/make-extractor.mjs [folder to write to]     (about half an hour on one core; build first)
 * On another engine the last digits, and so the hash, differ; the accuracy should not by more than half a percent.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startEngine } from '@elucidate/engine/start';
import { evaluatorLayer } from '../dist/classifier.js';
import { readIdxSet } from '../dist/datasets/idx-sets.js';
import { resolveIdxSet } from '../dist/datasets/resolve.js';
import { accuracyOf } from '../dist/features.js';
import { classifierRecipe, trainClassifier } from '../dist/train-classifier.js';
import { writeWeights } from '../dist/weights-file.js';

const [seed, epochs] = [1, 16];
const folder = process.argv[2] ?? '.';
const engine = await startEngine({ backend: 'wasm' });
const name = 'fashion-mnist';
const data = await resolveIdxSet(name, { home: process.env.ELUCIDATE_HOME ?? '.elucidate', log: console.log });
const weights = await trainClassifier(await readIdxSet(data, { name, split: 'train', resolution: 32 }), {
  seed,
  epochs,
}, { onProgress: ({ note, values }) => { if (values.step % 100 === 0) console.log(note); } });
const accuracy = await accuracyOf(weights, await readIdxSet(data, { name, split: 'test', resolution: 32 }));
const file = path.join(folder, 'fashion-mnist-extractor.safetensors');
await writeWeights(file, { weights }, { dataset: name, seed: String(seed), epochs: String(epochs) });
const sha256 = createHash('sha256').update(await readFile(file)).digest('hex');
const card = { dataset: name, layer: evaluatorLayer, accuracy, seed, epochs, recipe: classifierRecipe, sha256, engine: `${engine.backend} ${engine.version}`, node: process.version };
await writeFile(path.join(folder, 'fashion-mnist-extractor.json'), `${JSON.stringify(card, null, 2)}\n`);
console.log(card);
