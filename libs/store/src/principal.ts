/** What a key may do; each scope includes the ones before it: read results, submit and steer sweeps, have workers run programs, see and steer everybody's. */
export const scopes = ['read', 'submit', 'programs', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** On whose behalf a request is made. Each sweep belongs to one; access.ts decides what each may see. */
export interface Principal {
  /** Recorded with its actions: a sweep's owner, the `by` of an event. */
  id: string;
  scope: Scope;
  /** false: whatever the scope, it may not have programs run. */
  programs?: boolean;
}

/** The user of this machine: the command line on its own database, and an API that requires no keys. */
export const localPrincipal: Principal = { id: 'local', scope: 'admin' };
