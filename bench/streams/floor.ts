import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Pool } from 'undici';

// The least that a proxy in Node can do: node:http in, undici out, nothing read. Prints {"port"} when it listens.
const [upstreamUrl = ''] = process.argv.slice(2);
const { origin, pathname } = new URL(upstreamUrl);
const pool = new Pool(origin, { connections: 256, pipelining: 1 });

const server = createServer((req, res) => {
  void pass(req, res).catch(() => res.destroy());
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
process.stdin.on('end', () => process.exit(0)).resume();

async function pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await buffer(req);
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  await pool.stream(
    { method: 'POST', path: pathname, headers, body, opaque: res },
    ({ statusCode, headers: answered }) => {
      res.writeHead(statusCode, { 'content-type': String(answered['content-type']) });
      return res;
    },
  );
}
