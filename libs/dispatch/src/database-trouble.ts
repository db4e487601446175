/** Why a statement did not go through although nothing is wrong with it: no connection, or a server that could not take it just now. */
export type DatabaseTrouble = 'connection' | 'busy' | 'schema';

/** By SQLSTATE, with digits or letters left open as dots, and by the names of socket errors. */
const states: Readonly<Record<DatabaseTrouble, RegExp>> = {
  // connection exceptions, shutdown, starting up, read-only while a standby is promoted
  connection: /^(08...|57P..|25006|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNABORTED)$/,
  // serialisation failure, deadlock, lock or statement timeout, idle in transaction, out of connections, disk or memory, i/o error
  busy: /^(40...|55P03|55006|57014|25P03|53...|58...|XX...)$/,
  // the schema is another version's: a table, column, function, type or schema is not there, or may not be used
  schema: /^(42P01|42703|42883|42704|3F000|42501|0A000)$/,
};

const connectionMessage = /^Connection terminated|timeout exceeded when trying to connect|Client was closed|Client has encountered a connection error|Cannot use a pool after calling end|Query read timeout/;

/** The trouble that an error of the database reports; undefined for errors of the statement itself (a constraint, a value out of range) and of anything else. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  const { code = '', message = '', syscall } = (error ?? {}) as { code?: string; message?: string; syscall?: string };
  if (connectionMessage.test(message)) return 'connection';
  if (syscall === undefined || /connect|read|write|getaddrinfo/.test(syscall)) {
    for (const [trouble, pattern] of Object.entries(states)) if (pattern.test(code)) return trouble as DatabaseTrouble;
  }
  return undefined;
}
