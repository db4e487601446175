const panels = 200;

/**
 * The chance that the one of two configurations that looks better is not, by Student's t: `z` is the difference seen in standard errors, `degreesOfFreedom` those of
 * its standard error. With `left` below 1, what is to be expected of that chance once more seeds have brought the standard error to that share of what it is, and
 * the one that looks better then is taken. The difference is the value of the information (Chick and Inoue 2001, for 0-1 loss; the knowledge gradient of Frazier,
 * Powell and Dayanik 2008).
 *
 * With a flat prior the true difference and the one that will be seen are bivariate t with correlation sqrt(1 - left^2); the chance that their signs differ is twice
 * Owen's T, averaged over the variance: (1/pi) integral from 0 to asin(left) of (1 + z^2/(df cos^2 a))^(-df/2) da. For left = 1 and many degrees of freedom that is
 * Craig's form of the normal tail.
 */
export function doubtOf(z: number, degreesOfFreedom: number, left = 1): number {
  const to = Math.asin(Math.min(1, Math.max(0, left)));
  const integrand = (angle: number): number => {
    const cosine = Math.cos(angle) ** 2;
    return cosine < 1e-30 ? Number(z === 0) : (1 + (z * z) / (degreesOfFreedom * cosine)) ** (-degreesOfFreedom / 2);
  };
  const step = to / panels;
  let sum = integrand(0) + integrand(to);
  for (let i = 1; i < panels; i++) sum += (i % 2 === 1 ? 4 : 2) * integrand(i * step);
  return (sum * step) / 3 / Math.PI;
}
