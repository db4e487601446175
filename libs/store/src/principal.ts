/** On whose behalf a request is made. Each sweep belongs to one; permissions are not defined yet. */
export interface Principal {
  /** Recorded with its actions: a sweep's owner, the `by` of an event. */
  id: string;
  kind: 'local';
}

/** The user of this machine: the only principal while there is no authentication. */
export const localPrincipal: Principal = { id: 'local', kind: 'local' };
