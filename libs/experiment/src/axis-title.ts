/** The papers' names for an axis; other axes use their own name. */
const titles: Readonly<Record<string, string>> = { schedule: 'noise schedule', inputScale: 'input scale b', nfe: 'NFE', sampleSeconds: 'device-seconds of sampling', totalSeconds: 'device-seconds of training and sampling' };

/** The name of an axis in a table's header and on a picture. */
export const titleOf = (parameter: string): string => titles[parameter] ?? parameter;
