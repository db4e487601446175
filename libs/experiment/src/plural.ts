/** "1 stage", "2 stages". */
export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
