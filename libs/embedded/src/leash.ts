import { under, works, type Identity } from './identity.js';

/** Whether a command ends with the process that started it, even after kill -9:
 * `kernel` - Linux signals it when its parent dies (setpriv --pdeathsig);
 * `none` - elsewhere it lives on; the next start ends a server left behind. */
export type Leash = 'kernel' | 'none';

const prefix: Readonly<Record<Leash, readonly string[]>> = { kernel: ['setpriv', '--pdeathsig', 'INT'], none: [] };

export const findLeash = async (): Promise<Leash> => (await works([...prefix.kernel, 'true'])) ? 'kernel' : 'none';

/** `command` as an argument list, under an identity and on a leash. */
export const leashed = (command: readonly string[], { identity, leash }: { identity: Identity; leash: Leash }): string[] => under(identity, [...prefix[leash], ...command]);
