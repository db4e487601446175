/** The standard normal distribution in float64. */

/** exp(-z^2/2)/sqrt(2 pi). */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** From here on the continued fraction below has converged to full precision. */
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

/** Two polynomials, highest power first, whose quotient is the result on an interval. */
interface Quotient {
  over: readonly number[];
  under: readonly number[];
}

const middle: Quotient = {
  over: [2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665],
  under: [5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579, 42.31333070160091, 1],
};
const tail: Quotient = {
  over: [0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835],
  under: [1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038, 2.053191626637759, 1],
};
const farTail: Quotient = {
  over: [2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103],
  under: [2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1],
};

/** The z with P(Z < z) = p, to 1e-15 relative for p in (0, 1); -Infinity at 0 and below, Infinity at 1 and above. Wichura 1988, AS 241 (PPND16). */
export function probit(p: number): number {
  const fromHalf = p - 0.5;
  if (Math.abs(fromHalf) <= 0.425) return fromHalf * quotient(middle, 0.180625 - fromHalf * fromHalf);
  const outer = Math.min(p, 1 - p);
  if (outer <= 0) return Math.sign(fromHalf) * Infinity;
  const r = Math.sqrt(-Math.log(outer));
  return Math.sign(fromHalf) * (r <= 5 ? quotient(tail, r - 1.6) : quotient(farTail, r - 5));
}

function quotient({ over, under }: Quotient, x: number): number {
  return polynomial(over, x) / polynomial(under, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
