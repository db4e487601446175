/** Variables of libpq and of node-postgres (PGHOST, PGSSLMODE, PGOPTIONS, PGSERVICE, ...), which fill in whatever an address does not say. */
const isOfPostgres = (name: string): boolean => /^PG[A-Z]/.test(name);

/** An environment without them: they are meant for another database than the embedded one, whose address is complete. */
export const withoutPostgresVariables = (variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !isOfPostgres(name)));

/** Removes them from this process, for every client that it and its children open later. */
export function dropPostgresVariables(): void {
  for (const name of Object.keys(process.env)) if (isOfPostgres(name)) Reflect.deleteProperty(process.env, name);
}
