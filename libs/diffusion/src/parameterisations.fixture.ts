/** The parameterisations whose target is a sum of z and eps at signal power gamma, independent of the data's standard deviation. */
export type VpParameterisation = 'eps' | 'x0' | 'v' | 'flow';

/** Weights of clean image z (= b x0) and noise eps in a sum of the two. */
export interface TargetCoefficients {
  z: number;
  eps: number;
}

/** Weights of noised image x_t and network output in a sum of the two. */
export interface OutputCoefficients {
  xt: number;
  output: number;
}

/** An independent formulation of preconditioning.ts: in gamma, for x_t = sqrt(gamma) z + sqrt(1 - gamma) eps, as in pix2seq. */
export interface ParameterisationTable {
  /** The target is z * target.z + eps * target.eps. */
  target(gamma: number): TargetCoefficients;
  /** The estimate of z = b x0 is x_t * xt + output * output. */
  toX0(gamma: number): OutputCoefficients;
  /** The estimate of eps, likewise. */
  toEps(gamma: number): OutputCoefficients;
}

const signal = (gamma: number) => Math.sqrt(gamma);
const noise = (gamma: number) => Math.sqrt(1 - gamma);

/** flow uses (1 - t) z + t eps, which is x_t/(sqrt(gamma) + sqrt(1 - gamma)). */
export const parameterisations: Readonly<Record<VpParameterisation, ParameterisationTable>> = {
  eps: {
    target: () => ({ z: 0, eps: 1 }),
    toX0: (gamma) => ({ xt: 1 / signal(gamma), output: -noise(gamma) / signal(gamma) }),
    toEps: () => ({ xt: 0, output: 1 }),
  },
  x0: {
    target: () => ({ z: 1, eps: 0 }),
    toX0: () => ({ xt: 0, output: 1 }),
    toEps: (gamma) => ({ xt: 1 / noise(gamma), output: -signal(gamma) / noise(gamma) }),
  },
  v: {
    target: (gamma) => ({ z: -noise(gamma), eps: signal(gamma) }),
    toX0: (gamma) => ({ xt: signal(gamma), output: -noise(gamma) }),
    toEps: (gamma) => ({ xt: noise(gamma), output: signal(gamma) }),
  },
  flow: {
    target: () => ({ z: -1, eps: 1 }),
    toX0: (gamma) => {
      const total = signal(gamma) + noise(gamma);
      return { xt: 1 / total, output: -noise(gamma) / total };
    },
    toEps: (gamma) => {
      const total = signal(gamma) + noise(gamma);
      return { xt: 1 / total, output: signal(gamma) / total };
    },
  },
};
