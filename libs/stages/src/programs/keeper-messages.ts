/** Between a stage and the keeper of its program. */

/** Its only argument. The environment is its own: what is in that may be secret, and arguments are not. */
export interface KeeperSetup {
  /** The file to execute. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** To the program and everything in its process group. */
export interface ToKeeper {
  readonly signal: 'SIGTERM' | 'SIGKILL';
}

export type FromKeeper =
  /** The leader of the process group. */
  | { readonly type: 'started'; readonly pid: number }
  | { readonly type: 'unstartable'; readonly message: string; readonly code?: string }
  | { readonly type: 'ended'; readonly code: number | null; readonly signal: NodeJS.Signals | null };
