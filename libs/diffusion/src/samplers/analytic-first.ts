import type { Tableau } from '../tableau.js';

/**
 * The same steps, without the first call of the denoiser: x0-hat there is that of Gaussian data with mean 0 and the standard deviation of the data, which at a
 * level far above it is nearly x0-hat itself. NFE is one fewer. Dockhorn et al. 2022 (GENIE, arXiv 2210.05475), app.; Zhou et al. 2023 (AMED-Solver).
 */
export function analyticFirst(tableau: Tableau, sigmaData: number): Tableau {
  return (sigmas) => {
    const [{ evaluations: [{ at, sigma }, ...others], end }, ...steps] = tableau(sigmas) as [ReturnType<Tableau>[number], ...ReturnType<Tableau>];
    return [{ evaluations: [{ at, sigma, x0Hat: { y: sigmaData ** 2 / (sigmaData ** 2 + sigma ** 2) } }, ...others], end }, ...steps];
  };
}
