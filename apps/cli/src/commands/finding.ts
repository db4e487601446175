/** What one look at the machine found. */
export interface Finding {
  what: string;
  ok: boolean;
  detail: string;
}

/** The result of a look; an error is a finding too. */
export async function tried(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, detail: await look() };
  } catch (error) {
    return { what, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
