import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network namespace with one cable to this machine, for one worker; needs root. */
export interface Network {
  /** The command that becomes a process in it. */
  through: readonly string[];
  /** The address under which a server on this machine's loopback is reached from inside. */
  reach(url: string): Promise<string>;
  /** From now on every packet is lost, in both directions and without a word: they are addressed to a card that does not exist. */
  cut(): void;
  restore(): void;
  /** Bytes that have come from inside. */
  received(): number;
  /** Connections from inside whose end this machine has not heard of. */
  open(): number;
  close(): Promise<void>;
}

const nowhere = '02:00:00:00:00:99';

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

export function openNetwork(): Network {
  const subnet = process.pid % 250;
  const [space, outer, inner] = [`elucidate-chaos-${process.pid}`, `ec${process.pid}`, `ei${process.pid}`];
  const [here, there] = [`10.213.${subnet}.1`, `10.213.${subnet}.2`];
  ip('netns', 'add', space);
  ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', space);
  ip('addr', 'add', `${here}/30`, 'dev', outer);
  ip('link', 'set', outer, 'up');
  ip('-n', space, 'addr', 'add', `${there}/30`, 'dev', inner);
  ip('-n', space, 'link', 'set', inner, 'up');
  ip('-n', space, 'link', 'set', 'lo', 'up');
  const relays: Relay[] = [];
  return {
    through: ['ip', 'netns', 'exec', space],
    reach: async (text) => {
      const url = new URL(text);
      const relay = relayTo(Number(url.port));
      relays.push(relay);
      relay.server.listen(0, here);
      await once(relay.server, 'listening');
      url.host = `${here}:${(relay.server.address() as AddressInfo).port}`;
      return url.href;
    },
    cut: () => {
      ip('neigh', 'replace', there, 'lladdr', nowhere, 'dev', outer, 'nud', 'permanent');
      ip('-n', space, 'neigh', 'replace', here, 'lladdr', nowhere, 'dev', inner, 'nud', 'permanent');
    },
    restore: () => {
      ip('neigh', 'del', there, 'dev', outer);
      ip('-n', space, 'neigh', 'del', here, 'dev', inner);
    },
    received: () => sum(relays.flatMap(({ inner }) => inner.map((socket) => socket.bytesRead))),
    open: () => relays.flatMap(({ inner }) => inner).filter((socket) => !socket.closed).length,
    close: async () => {
      for (const { server, sockets } of relays) {
        for (const socket of sockets) socket.destroy();
        server.close();
      }
      // the namespace itself goes later, and would keep its cable until then
      ip('link', 'del', outer);
      ip('netns', 'del', space);
    },
  };
}

interface Relay {
  server: Server;
  /** Open ones, in both directions. */
  sockets: Set<Socket>;
  /** All that ever came from inside. */
  inner: Socket[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** Passes connections on to a port of the loopback, where servers listen that must not be reached from elsewhere. */
function relayTo(port: number): Relay {
  const [sockets, inner] = [new Set<Socket>(), [] as Socket[]];
  const server = createServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    inner.push(socket);
    socket.pipe(onward).pipe(socket);
    for (const [one, other] of [[socket, onward], [onward, socket]] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  return { server, sockets, inner };
}
