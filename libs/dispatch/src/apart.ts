import { databaseTrouble } from './database-trouble.js';

/** Things that are done one after the other, none of which keeps the next from its turn. */
export interface Apart {
  /** What went wrong, with the name of what was being done. */
  readonly troubles: readonly string[];
  /** Does one of them; `otherwise` is what it comes to where it fails. Throws if the connection to the database is lost: nothing that follows would go either. */
  attempt<T>(name: string, work: () => Promise<T>, otherwise: T): Promise<T>;
}

export function apart(): Apart {
  const troubles: string[] = [];
  return {
    troubles,
    attempt: async (name, work, otherwise) => {
      try {
        return await work();
      } catch (error) {
        if (databaseTrouble(error) === 'connection') throw error;
        troubles.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        return otherwise;
      }
    },
  };
}
