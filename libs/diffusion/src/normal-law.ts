/** The standard normal law in float64. */

/** exp(-z^2/2)/sqrt(2 pi). */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** From here on the continued fraction below has settled to all its digits. */
const tailStart = 2.5;
const fractionTerms = 120;

/** P(Z < z), to 1e-13 relative for z > -37: its left tail keeps its digits. Abramowitz & Stegun 26.2.11 and 26.2.14. */
export function normalCdf(z: number): number {
  if (z < -tailStart) return normalDensity(z) * millsRatio(-z);
  if (z > tailStart) return 1 - normalDensity(z) * millsRatio(z);
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > Math.abs(sum) * 1e-17; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + normalDensity(z) * sum;
}

/** P(Z > z)/density(z) for z >= tailStart: 1/(z + 1/(z + 2/(z + 3/(z + ...)))). */
function millsRatio(z: number): number {
  let below = z;
  for (let k = fractionTerms; k >= 1; k--) below = z + k / below;
  return 1 / below;
}

/** Two polynomials, highest power first, whose quotient is the answer on a stretch. */
interface Quotient {
  over: readonly number[];
  under: readonly number[];
}

const middle: Quotient = {
  over: [2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608],
  under: [5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1],
};
const tail: Quotient = {
  over: [7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734],
  under: [1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1],
};
const farTail: Quotient = {
  over: [2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772],
  under: [2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1],
};

/** The z with P(Z < z) = p, to 1e-15 relative for p in (0, 1); -Infinity at 0 and below, Infinity at 1 and above. Wichura 1988, AS 241 (PPND16). */
export function probit(p: number): number {
  const fromHalf = p - 0.5;
  if (Math.abs(fromHalf) <= 0.425) return fromHalf * quotient(middle, 0.180625 - fromHalf * fromHalf);
  const share = Math.min(p, 1 - p);
  if (share <= 0) return Math.sign(fromHalf) * Infinity;
  const r = Math.sqrt(-Math.log(share));
  return Math.sign(fromHalf) * (r <= 5 ? quotient(tail, r - 1.6) : quotient(farTail, r - 5));
}

function quotient({ over, under }: Quotient, x: number): number {
  return polynomial(over, x) / polynomial(under, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
