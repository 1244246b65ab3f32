import net from 'node:net';
import { text } from 'node:stream/consumers';
import { createCallWriter } from '../load/call-text.ts';
import type { HoldJob } from './job.ts';

// Opens many connections and keeps them: streams that wait, or calls whose answers nobody reads. Prints {"open"} when all are there,
// and goes when its parent does. A process of its own, so that what it holds is not added to anything that is measured.
/** Connections that are being opened. */
const AT_ONCE = 64;
const UNREAD_PAUSE_MS = 20;

const job = JSON.parse(await text(process.stdin)) as HoldJob;
const url = new URL(job.url);
const opened = await openAll(job.count);
console.log(JSON.stringify({ open: opened }));
setTimeout(() => process.exit(0), job.holdMs);

async function openAll(count: number): Promise<number> {
  let next = 0;
  let good = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) if (await openOne(n)) good += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return good;
}

/** `true`: it was answered with 200, or needs no answer to count. */
function openOne(n: number): Promise<boolean> {
  const token = job.tokens[n % job.tokens.length] ?? '';
  return new Promise((resolve) => {
    const socket = net.connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
    socket.write(job.kind === 'idle' ? listenText(token, n) : callText(token, n));
    if (job.kind === 'unread') {
      socket.pause();
      setTimeout(resolve, UNREAD_PAUSE_MS, true);
      return;
    }
    socket.once('data', (piece) => resolve(piece.toString('latin1', 9, 12) === '200'));
    socket.on('data', () => undefined);
  });
}

function callText(token: string, n: number): string {
  return createCallWriter({ url: job.url, era: 'modern', token, textChars: job.textChars, gapMs: null }).call(n + 1);
}

function listenText(token: string, n: number): string {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { notifications: { toolsListChanged: true }, _meta: meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id: n, method: 'subscriptions/listen', params });
  return [
    `POST ${url.pathname} HTTP/1.1`,
    `Host: ${url.host}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `Authorization: Bearer ${token}`,
    'MCP-Protocol-Version: 2026-07-28',
    'Mcp-Method: subscriptions/listen',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
