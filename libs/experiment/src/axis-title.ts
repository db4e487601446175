/** The papers' names for an axis; other axes use their own name. */
const titles: Readonly<Record<string, string>> = { schedule: 'noise schedule', inputScale: 'input scale b', nfe: 'NFE' };

/** The name of an axis in a table's header and on a picture. */
export const titleOf = (parameter: string): string => titles[parameter] ?? parameter;
