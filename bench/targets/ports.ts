import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** For programs that cannot say themselves which free port they took. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when something listens there. */
export async function listening(port: number): Promise<void> {
  const giveUpMs = performance.now() + LISTENING_MS_MAX;
  while (!(await accepts(port))) {
    if (performance.now() > giveUpMs) throw new Error(`nothing listens on port ${port} after ${LISTENING_MS_MAX} ms`);
    await sleep(RETRY_MS);
  }
}

const LISTENING_MS_MAX = 20_000;
const RETRY_MS = 50;

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port, timeout: LISTENING_MS_MAX });
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
