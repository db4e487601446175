/** The x in [0, 1] with I_x(a, b) = p: the quantile of the beta distribution, a and b > 0. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0 || p >= 1) return p <= 0 ? 0 : 1;
  const [low, high] = [lowerPart(0.5, a, b), lowerPart(0.5, b, a)];
  const wanted = p * (low + high);
  return wanted <= low ? inverse(wanted, a, b) : 1 - inverse((1 - p) * (low + high), b, a);
}

/** The integral of u^(a-1) (1-u)^(b-1) from 0 to x, x at most 1/2: x^a times the sum of (1-b)(2-b)..(n-b)/n! x^n/(a+n). */
function lowerPart(x: number, a: number, b: number): number {
  let [sum, term] = [0, 1];
  for (let n = 0; n < 200 && Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    sum += term / (a + n);
    term *= ((n + 1 - b) / (n + 1)) * x;
  }
  return x ** a * sum;
}

/** The x in [0, 1/2] whose lower part is `wanted`: bisection to the last digit. */
function inverse(wanted: number, a: number, b: number): number {
  let [below, above] = [0, 0.5];
  for (let halvings = 0; halvings < 200; halvings++) {
    const middle = (below + above) / 2;
    if (middle <= below || middle >= above) break;
    if (lowerPart(middle, a, b) < wanted) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}
