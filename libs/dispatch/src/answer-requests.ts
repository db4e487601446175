import { ElucidateError } from '@elucidate/experiment/errors';
import { failureFrom, type Failure } from '@elucidate/experiment/failure';

/** By type: the request to a process, and its response. */
export type RequestTable<R> = { [T in keyof R]: { argument: unknown; result: unknown } };

/** `fault`: an unexpected error, with its stack. */
export type Answer = { result: unknown } | { failure: Failure } | { fault: string };

export type Handlers<R extends RequestTable<R>> = { readonly [T in keyof R]: (argument: R[T]['argument']) => R[T]['result'] | Promise<R[T]['result']> };

/** Makes this process answer the requests of the one that started it (answering-process.ts), with which it ends. */
export function answerRequests<R extends RequestTable<R>>(handlers: Handlers<R>): void {
  const answer = async ({ type, argument }: { type: keyof R; argument: never }): Promise<Answer> => {
    try {
      return { result: await handlers[type](argument) };
    } catch (error) {
      return error instanceof ElucidateError ? { failure: failureFrom(error) } : { fault: error instanceof Error ? error.stack ?? error.message : String(error) };
    }
  };
  // the one that asked may have ended meanwhile
  process.on('message', async (request: { type: keyof R; argument: never }) => process.send?.(await answer(request), () => undefined));
  // a signal to the whole process group is for the process that serves requests, which ends this one
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit(0));
}
