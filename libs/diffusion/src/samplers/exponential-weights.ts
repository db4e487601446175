/**
 * The weights of x0-hats in an exponential integrator. In ln sigma a step of width h goes to
 *   y' = exp(-rate h) y + integral from 0 to h of rate exp(-rate (h - tau)) x0(tau) dtau,   rate 1 for the ODE, 1 + eta for the SDE;
 * with the polynomial through x0-hats in place of x0(tau), the integral is a weighted sum of them.
 */

/** m_k = a times the integral over u in [0, 1] of exp(-a (1 - u)) u^k, k = 0 .. count - 1; a = rate h > 0. They fall from m_0 = 1 - exp(-a). */
export function exponentialMoments(a: number, count: number): number[] {
  if (a < 1) return Array.from({ length: count }, (_, k) => series(a, k));
  // m_k = 1 - (k/a) m_(k-1), by parts; stable for a not below 1
  const moments = [-Math.expm1(-a)];
  while (moments.length < count) moments.push(1 - (moments.length / a) * moments.at(-1)!);
  return moments;
}

/** exp(-a) times the sum of a^(n+1)/(n! (n+k+1)): without cancellation, where recurrence would lose digits. */
function series(a: number, k: number): number {
  let [power, sum] = [a, 0];
  for (let n = 0; n < 24; n++) {
    sum += power / (n + k + 1);
    power *= a / (n + 1);
  }
  return Math.exp(-a) * sum;
}

/** The weight of x0-hat at each node, whose place is given in units of the step: 0 its start, 1 its end, below 0 before it. They sum to 1 - exp(-a). */
export function exponentialWeights(nodes: readonly number[], a: number): number[] {
  const moments = exponentialMoments(a, nodes.length);
  return nodes.map((node) => basisCoefficients(nodes, node).reduce((sum, coefficient, k) => sum + coefficient * moments[k]!, 0));
}

/** Coefficients, lowest power first, of the polynomial that is 1 at `node` and 0 at the others. */
function basisCoefficients(nodes: readonly number[], node: number): number[] {
  return nodes.filter((other) => other !== node).reduce((polynomial, other) => {
    const scale = 1 / (node - other);
    return [...polynomial, 0].map((coefficient, k) => scale * ((k > 0 ? polynomial[k - 1]! : 0) - other * (k < polynomial.length ? coefficient : 0)));
  }, [1]);
}
