import { randomStream } from '@elucidate/diffusion/noise';
import { proofCases } from './cases.js';
import { drawLabelled, drawPoints, type Mixture, momentsOf, ring } from './mixture.js';
import { untrained } from './prove-case.js';
import { kernelWidth, margin, settings } from './settings.js';
import { apart } from './targets.js';
import { type Discrepancy, discrepancy, isWithin, type Points, upperLimit } from './two-sample-test.js';

export interface Control {
  name: string;
  found: Discrepancy;
  mustPass: boolean;
  passes: boolean;
}

/** Names of random streams; those of the proofs are above 100. */
const streams = { control: 51, fresh: 52, classes: 53 } as const;

type Labelled = ReturnType<typeof drawLabelled>;

/** How often the data are compared with themselves; the worst is reported. */
const repeats = 20;

/** What the test must distinguish from the data, and what it must not. */
export async function controls(): Promise<Control[]> {
  const fresh = (i: number) => drawPoints(ring, settings.samples, [streams.fresh, i]);
  const compared = (points: Points) => discrepancy(points, fresh(0), kernelWidth);
  const drawn = (distribution: Mixture, i: number) => drawPoints(distribution, settings.samples, [streams.control, i]);
  const same = Array.from({ length: repeats }, (_, i) => discrepancy(drawn(ring, i), fresh(i + 1), kernelWidth));
  const worst = same.reduce((a, b) => (upperLimit(a, margin.z) > upperLimit(b, margin.z) ? a : b));
  return [
    control(`the data again, worst of ${repeats}`, worst, true),
    control('an untrained network', await untrained(proofCases[0]!), false),
    control('one normal distribution, its mean and covariance the data\'s', compared(normalPoints(settings.samples)), false),
    control('the data without the smallest part', compared(drawn(withoutSmallest(ring), repeats)), false),
    control('the data, all parts of equal weight', compared(drawn({ ...ring, weights: ring.weights.map(() => 1 / ring.weights.length) }, repeats + 1)), false),
    control('the data, parts half as wide again', compared(drawn({ ...ring, std: ring.std * 1.5 }, repeats + 2)), false),
    control('points with their classes: the data again', withClasses(0), true),
    control('points with their classes: half of the classes drawn again', withClasses(0.5), false),
  ];
}

/** The data and their classes, a fraction of which is replaced by others with the same frequencies, against fresh data and their classes. */
function withClasses(replaced: number): Discrepancy {
  const [found, others, fresh] = [0, 1, 2].map((i) => drawLabelled(ring, settings.samples, [streams.classes, i])) as [Labelled, Labelled, Labelled];
  const labels = found.labels.of.map((label, i) => (i < replaced * settings.samples ? others.labels.of[i]! : label));
  return discrepancy(apart(found.data, labels), apart(fresh.data, fresh.labels.of), kernelWidth);
}

function control(name: string, found: Discrepancy, mustPass: boolean): Control {
  return { name, found, mustPass, passes: isWithin(found, margin) };
}

function withoutSmallest({ weights, ...rest }: Mixture): Mixture {
  const least = Math.min(...weights);
  return { ...rest, weights: weights.map((weight) => (weight === least ? 0 : weight / (1 - least))) };
}

function normalPoints(count: number): Points {
  const { mean, variances: [xx, yy], covariance } = momentsOf(ring);
  const random = randomStream([streams.control, repeats + 3]);
  const slope = covariance / xx;
  const rest = Math.sqrt(yy - slope * covariance);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < points.length; i += 2) {
    const dx = Math.sqrt(xx) * random.normal();
    points[i] = mean[0] + dx;
    points[i + 1] = mean[1] + slope * dx + rest * random.normal();
  }
  return points;
}
