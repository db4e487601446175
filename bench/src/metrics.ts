import { covarianceEigenvalues } from '@elucidate/metrics/bias';
import type { Features } from '@elucidate/metrics/features';
import { frechetDistance } from '@elucidate/metrics/fid';
import { statistics } from '@elucidate/metrics/statistics';
import { uniformStream } from '@elucidate/metrics/subsets';
import { plainFrechetDistance } from '@elucidate/metrics/unblocked';
import { seconds } from './seconds.js';

/**
 * `npm run bench:metrics`: CPU seconds of one FID of 2,500 points, factor of the covariance included, against the same linear algebra
 * without blocks; and of the decomposition of a reference of 10,000 points. No option; several minutes, nearly all of it without blocks.
 */

const points = 2500;
const referencePoints = 10_000;
const widths = [64, 512, 1024, 2048];

/** Features of different scales that depend on each other a little: uniform numbers, each added to its left neighbour's half. */
function drawn(n: number, d: number, seed: number): Features {
  const uniform = uniformStream(seed);
  let previous = 0;
  const values = Float32Array.from({ length: n * d }, (_, at) => {
    previous = uniform() + previous / 2;
    return previous * (1 + (at % 7));
  });
  return { values, n, d };
}

console.log('| features | FID of 2,500 points, CPU s | without blocks | ratio | difference over the sum of variances | reference of 10,000 points, CPU s |\n|---:|---:|---:|---:|---:|---:|');
for (const d of widths) {
  const real = drawn(referencePoints, d, 1);
  const generated = drawn(points, d, 2);
  const decompose = () => {
    const summary = statistics(real);
    return { summary, eigenvalues: covarianceEigenvalues(summary) };
  };
  const score = () => frechetDistance(statistics(generated), reference.value.summary);
  const reference = seconds(decompose);
  // compiles what is short; the first of the long ones counts
  if (d === widths[0]) score();
  const blocked = seconds(score);
  const plain = seconds(() => plainFrechetDistance(generated, reference.value.summary));
  const variances = 2 * reference.value.eigenvalues.reduce((sum, x) => sum + x, 0);
  const difference = Math.abs(blocked.value - plain.value) / variances;
  console.log(`| ${d} | ${blocked.cpu.toFixed(3)} | ${plain.cpu.toFixed(3)} | ${(plain.cpu / blocked.cpu).toFixed(1)} | ${difference.toExponential(1)} | ${reference.cpu.toFixed(2)} |`);
}
