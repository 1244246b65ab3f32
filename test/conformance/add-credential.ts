import { type IncomingMessage, request, createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** A way to the gateway for a suite that cannot sign in. */
export interface CredentialDoor {
  readonly port: number;
  /** Where requests go, and with which token; to be called before the first comes. */
  open(gatewayPort: number, token: string): void;
  close(): Promise<void>;
}

/** Passes everything on as it comes, `Host` and `Origin` as well, and adds the one header. */
export async function createCredentialDoor(): Promise<CredentialDoor> {
  let to = { port: 0, token: '' };
  const server = createServer((incoming, response) => void pass(incoming, response, to.port, to.token));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open(port, token) {
      to = { port, token };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function pass(incoming: IncomingMessage, response: ServerResponse, port: number, token: string): Promise<void> {
  const { method, url, rawHeaders } = incoming;
  const headers = [...rawHeaders, 'Authorization', `Bearer ${token}`];
  const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers });
  response.on('close', () => outgoing.destroy());
  try {
    const [answer] = await Promise.all([answerOf(outgoing), pipeline(incoming, outgoing)]);
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    response.flushHeaders();
    await pipeline(answer, response);
  } catch {
    // Whichever side left first, the other is told by its connection.
    response.destroy();
  }
}

function answerOf(outgoing: ReturnType<typeof request>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => outgoing.once('response', resolve).once('error', reject));
}
