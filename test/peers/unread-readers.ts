import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asShipped } from '../../bench/targets/as-shipped.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { hostRequest } from '../support/host-request.ts';
import { parseAnswer, sendRaw, sendUnread } from '../support/raw-http.ts';
import { createGatewayDir } from '../support/run-gateway.ts';
import { answerHonestly, startEventServer } from '../support/scripted-events.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import type { Program } from '../support/start-process.ts';

// A thousand readers that do not read, before the real gateway and each kind of upstream in turn. Prints what they cost as JSON, a line for
// each upstream. Run in a network namespace of its own with small socket buffers, so that the kernel takes next to nothing off the gateway.

const READERS = 1_000;
const ANSWER_BYTES = 256_000;
/** One person may have three quarters of all requests, and of all that is unread. */
const PEOPLE = 5;
const AT_ONCE = 20;

const POLICY = `
version: 1
upstream: UPSTREAM
classes: { read: ['*'] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
`;
const UPSTREAMS = ['http', 'sse', 'stdio', 'shared'] as const;
type Kind = (typeof UPSTREAMS)[number];

const resultOf = (args: unknown) => {
  const { n } = args as { readonly n: number };
  return { content: [{ type: 'text', text: 'x'.repeat(n) }] };
};
const TOOLS = [{ name: 'big', inputSchema: { type: 'object' } }];

const http = await startScriptedUpstream({ era: 'modern', tools: TOOLS });
http.on('tools/call', (request, reply) => reply.result(resultOf(request.message?.params?.['arguments'])));
const events = await startEventServer();
events.onMessage = (message, stream) => {
  const { id, method, params } = message;
  if (method === 'tools/list') stream.send('message', JSON.stringify({ jsonrpc: '2.0', id, result: { tools: TOOLS } }));
  else if (method !== 'tools/call') answerHonestly(message, stream);
  else stream.send('message', JSON.stringify({ result: resultOf(params?.arguments), jsonrpc: '2.0', id }));
};
const child = join(import.meta.dirname, '../support/scripted-child.mjs');
const command = [process.execPath, child, JSON.stringify({ tools: ['big'] })];
const upstreams: Readonly<Record<Kind, object>> = {
  http: { url: http.url },
  sse: { url: events.url, transport: 'sse' },
  stdio: { command },
  shared: { command, shared: true },
};

const { env, flags } = asShipped();
const shipped = ([node, ...args]: Program): Program => ['env', ...env, node, ...flags, ...args];

/** Everything that they cost stays with this process, so that one kind of upstream leaves nothing for the next. */
async function measureAlone(kind: Kind): Promise<object> {
  const home = createGatewayDir({
    config: `upstreams: ${JSON.stringify(upstreams)}\n`,
    policies: Object.fromEntries(UPSTREAMS.map((name) => [`${name}.yaml`, POLICY.replace('UPSTREAM', name)])),
  });
  const started = startGatewayProcess(home, shipped);
  try {
    const gateway = await started.ready();
    const users = ['bob', ...Array.from({ length: PEOPLE }, (_, n) => `reader-${n}`)];
    const issued = await Promise.all(users.map((user) => gateway.issue({ user, groups: ['staff'] })));
    const [bob = '', ...readers] = issued.map(({ token }) => token);
    for (const token of [bob, ...readers]) {
      // Also of large answers: what the gateway needs for those at all is no one reader's.
      for (let n = 0; n < 10; n++) await sendRaw(gateway.mcpPort, callOf(kind, token, ANSWER_BYTES));
    }
    return await measure(kind, { port: gateway.mcpPort, pid: started.pid, bob, readers });
  } finally {
    await started.stop();
    home.remove();
  }
}

interface Place {
  readonly port: number;
  readonly pid: number;
  readonly bob: string;
  readonly readers: readonly string[];
}

async function measure(kind: Kind, { port, pid, bob, readers }: Place): Promise<object> {
  const before = rssKib(pid);
  const postedBefore = events.posted.length;
  const sockets: Socket[] = [];
  for (let n = 0; n < READERS; n++) {
    sockets.push(sendUnread(port, callOf(kind, readers[n % PEOPLE] ?? '', ANSWER_BYTES)));
    // A small call comes after what was sent before it, so none of them is turned away for being too many at once.
    if (n % AT_ONCE !== AT_ONCE - 1) continue;
    await sendRaw(port, callOf(kind === 'shared' ? kind : 'http', bob, 100));
    while (kind === 'sse' && events.posted.length - postedBefore < n - AT_ONCE) await sleep(5);
  }
  const peak = rssKib(pid);
  let slowestMs = 0;
  let served = 0;
  for (let n = 0; n < 20; n++) {
    const startedMs = performance.now();
    const { status, body } = await sendRaw(port, callOf(kind, bob, 1_000));
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    if (status === 200 && body.length > 1_000) served++;
  }
  const held = await settledKib(pid, () => sendRaw(port, callOf('http', bob, 50_000)));
  const answers = await Promise.all(sockets.map(readAll));
  const count = (part: string): number => answers.filter((answer) => answer.includes(part)).length;
  return {
    kind,
    kibEach: Math.round((held - before) / READERS),
    peakKibEach: Math.round((peak - before) / READERS),
    served,
    slowestMs: Math.round(slowestMs),
    whole: answers.filter((answer) => answer.includes('200 OK') && parseAnswer(answer).body.length > ANSWER_BYTES)
      .length,
    unread: count('(unread)'),
    overloaded: count('(overloaded)') + count('503 '),
  };
}

/** When what earlier calls left behind is collected: with others going on, as they always do. */
async function settledKib(pid: number, call: () => Promise<unknown>): Promise<number> {
  let least = rssKib(pid);
  for (let n = 0; n < 100; n++) {
    await call();
    least = Math.min(least, rssKib(pid));
  }
  return least;
}

function callOf(kind: Kind, token: string, n: number) {
  const params = { name: `${kind}__big`, arguments: { n } };
  return hostRequest('2026-07-28', '', { params, token });
}

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

function rssKib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

const kinds = UPSTREAMS.filter((kind) => process.argv.length < 3 || process.argv.includes(kind));
try {
  for (const kind of kinds) process.stdout.write(`${JSON.stringify(await measureAlone(kind))}\n`);
} finally {
  await http.close();
  await events.close();
}
