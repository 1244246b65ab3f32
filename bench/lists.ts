import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Pool } from 'undici';
import { choosePlacement, machineFacts } from './machine.ts';
import { processUsage } from './process-usage.ts';
import { Processes } from './processes.ts';
import { startGateway } from './targets/countersign.ts';
import { localUrl } from './targets/target.ts';

// What a list of 500 tools costs when a thousand people ask for it, each with a credential of their own and rights of one of five
// kinds. Exit 1 when the promise is missed.

const TOOLS = 500;
const PEOPLE = 1_000;
const KINDS = 5;
const CONNECTIONS = 32;
const MEASURE_MS = 8_000;
const LISTS_PER_CPU_SECOND_MIN = 5_000;
const LIST_BYTES_MIN = 10_000;
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: META } });

const processes = new Processes();
const placement = choosePlacement();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
try {
  const upstream = await startUpstream();
  const gateway = await startGateway({ upstreamUrl: upstream.url, placement, processes, policy: policyText() });
  const tokens: string[] = [];
  for (let person = 0; person < PEOPLE; person += 1)
    tokens.push(await gateway.issueToken(`person-${person}`, [`kind-${person % KINDS}`]));
  const { url, pid } = gateway;
  const pool = new Pool(new URL(url).origin, { connections: CONNECTIONS, pipelining: 1 });
  const measured = await measure({ pool, path: new URL(url).pathname, pid, tokens });
  await pool.destroy();
  upstream.close();
  const isMet = measured.perCpuSecond >= LISTS_PER_CPU_SECOND_MIN;
  const lines = [
    ...machineFacts(placement),
    '',
    `${isMet ? 'met   ' : 'missed'} ${measured.perCpuSecond.toFixed(0)} lists for a second of CPU, all threads (at least ${LISTS_PER_CPU_SECOND_MIN})`,
    `       ${measured.perSecond.toFixed(0)} lists/s, ${(measured.bytes / 1024).toFixed(0)} KiB each, ${(measured.rssBytes / 2 ** 20).toFixed(0)} MiB held`,
  ];
  console.log(lines.join('\n'));
  process.exitCode = isMet ? 0 : 1;
} finally {
  await processes.close();
}

interface Rig {
  readonly pool: Pool;
  readonly path: string;
  readonly pid: number;
  readonly tokens: readonly string[];
}

async function measure(rig: Rig) {
  const { pid, tokens } = rig;
  // Everybody's list is fetched and everybody's view made.
  await askInTurn(rig, (asked) => asked < tokens.length);
  const cpuBeforeMs = processUsage(pid)?.cpuMs ?? 0;
  const startedMs = performance.now();
  const { lists, bytes } = await askInTurn(rig, () => performance.now() - startedMs < MEASURE_MS);
  const seconds = (performance.now() - startedMs) / 1000;
  const usage = processUsage(pid);
  const cpuSeconds = ((usage?.cpuMs ?? 0) - cpuBeforeMs) / 1000;
  return {
    perSecond: lists / seconds,
    perCpuSecond: lists / cpuSeconds,
    bytes: bytes / lists,
    rssBytes: usage?.rssBytes ?? 0,
  };
}

/** Person after person, on all connections at once. */
async function askInTurn({ pool, path, tokens }: Rig, goesOn: (asked: number) => boolean) {
  let lists = 0;
  let bytes = 0;
  let asked = 0;
  const askUntilOver = async (): Promise<void> => {
    while (goesOn(asked)) {
      const received = await list(pool, path, tokens[asked++ % tokens.length] ?? '');
      bytes += received;
      lists += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, askUntilOver));
  return { lists, bytes };
}

async function list(pool: Pool, path: string, token: string): Promise<number> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/list',
  };
  const { statusCode, body } = await pool.request({ method: 'POST', path, headers, body: BODY });
  const { byteLength } = await body.arrayBuffer();
  if (statusCode !== 200 || byteLength < LIST_BYTES_MIN) throw new Error(`HTTP ${statusCode}, ${byteLength} bytes`);
  return byteLength;
}

async function startUpstream(): Promise<{ readonly url: string; readonly close: () => void }> {
  const tools = Array.from({ length: TOOLS }, (_, index) => ({
    name: `kind${index % KINDS}_tool_${index}`,
    description: `Does what tool ${index} is for`,
    inputSchema: { type: 'object', properties: { id: { type: 'string' } } },
  }));
  const result = { resultType: 'complete', tools, supportedVersions: ['2026-07-28'], capabilities: {}, ttlMs: 0 };
  const answer = async (req: IncomingMessage): Promise<string> => {
    const { id } = (await json(req)) as { readonly id?: number };
    return JSON.stringify({ jsonrpc: '2.0', id, result: { ...result, cacheScope: 'private' } });
  };
  const server = createServer((req, res) => {
    void answer(req).then((text) => res.setHeader('content-type', 'application/json').end(text));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: localUrl(port, '/mcp'), close: () => void server.close() };
}

/** People of each kind see tools of their own and of the next kind. */
function policyText(): string {
  const rules = Array.from({ length: KINDS }, (_, kind) => {
    const seen = `'kind${kind}_*', 'kind${(kind + 1) % KINDS}_*'`;
    return `  - { id: kind-${kind}, who: { groups: [kind-${kind}] }, tools: [${seen}], effect: allow }`;
  });
  return `version: 1\nupstream: bench\nclasses: { read: ['*'] }\nrules:\n${rules.join('\n')}\n`;
}
