/** What a worker allows the programs that it runs. */
export interface ProgramLimits {
  /** Bytes that a program and the processes it started may hold in memory together; absent: any. */
  readonly memoryBytes?: number;
  /** Milliseconds that one run may take; absent: any. */
  readonly runMs?: number;
  /** Names of further variables of the environment that are handed on. */
  readonly environment: readonly string[];
}
