/** On whose behalf a request is made. Sweeps belong to one; who may do what is not decided yet. */
export interface Principal {
  /** Kept with what it does: a sweep's owner, the `by` of an event. */
  id: string;
  kind: 'local';
}

/** Whoever uses this machine: the only principal there is without authentication. */
export const localPrincipal: Principal = { id: 'local', kind: 'local' };
