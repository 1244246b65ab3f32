import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { processUsage } from './process-usage.ts';

// What a list of 500 tools costs when a thousand people ask for it, each with a credential of their own and rights of one of five
// groups. `node bench/lists.ts`

const TOOLS = 500;
const PEOPLE = 1_000;
const GROUPS = 5;
const CONNECTIONS = 32;
const MEASURE_MS = 8_000;
const READY_MS_MAX = 30_000;

interface Ready {
  readonly mcpUrl: string;
  readonly adminUrl: string;
  readonly pid: number;
}

async function main(): Promise<void> {
  const upstream = await startUpstream();
  const dir = mkdtempSync(join(tmpdir(), 'countersign-lists-'));
  const { gateway, ready } = await startGateway(dir, upstream.url);
  try {
    const operator = readFileSync(join(dir, 'data', 'operator-token'), 'utf8').trim();
    const tokens: string[] = [];
    for (let person = 0; person < PEOPLE; person += 1) tokens.push(await createToken(ready.adminUrl, operator, person));
    const pool = new Pool(new URL(ready.mcpUrl).origin, { connections: CONNECTIONS, pipelining: 1 });
    let listed = 0;
    let bytes = 0;
    const listOnce = async (token: string): Promise<void> => {
      const received = await list(pool, token);
      bytes += received;
      listed += 1;
    };
    // Everybody's list is fetched and everybody's view made.
    for (let from = 0; from < PEOPLE; from += CONNECTIONS) {
      await Promise.all(tokens.slice(from, from + CONNECTIONS).map(listOnce));
    }
    listed = 0;
    bytes = 0;
    const cpuBefore = processUsage(ready.pid)?.cpuMs ?? 0;
    const startedMs = performance.now();
    let next = 0;
    const askUntilOver = async (): Promise<void> => {
      while (performance.now() - startedMs < MEASURE_MS) await listOnce(tokens[next++ % PEOPLE] ?? '');
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, askUntilOver));
    const seconds = (performance.now() - startedMs) / 1000;
    const usage = processUsage(ready.pid);
    const cpuMicros = ((usage?.cpuMs ?? 0) - cpuBefore) * (1000 / listed);
    console.log(`${(listed / seconds).toFixed(0)} lists/s, ${cpuMicros.toFixed(0)} µs of CPU each, all threads`);
    console.log(
      `${(1e6 / cpuMicros).toFixed(0)} lists for a second of CPU, ${(bytes / listed / 1024).toFixed(0)} KiB each`,
    );
    console.log(`${((usage?.rssBytes ?? 0) / 1024 / 1024).toFixed(0)} MiB held`);
    await pool.destroy();
  } finally {
    gateway.kill('SIGTERM');
    await once(gateway, 'exit');
    upstream.close();
    rmSync(dir, { recursive: true });
  }
}

async function startUpstream(): Promise<{ readonly url: string; readonly close: () => void }> {
  const tools = Array.from({ length: TOOLS }, (_, index) => ({
    name: `group${index % GROUPS}_tool_${index}`,
    description: `Does what tool ${index} is for`,
    inputSchema: { type: 'object', properties: { id: { type: 'string' } } },
  }));
  const result = { resultType: 'complete', tools, supportedVersions: ['2026-07-28'], capabilities: {}, ttlMs: 0 };
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly id?: number };
      const body = JSON.stringify({ jsonrpc: '2.0', id, result: { ...result, cacheScope: 'private' } });
      res.setHeader('content-type', 'application/json').end(body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, close: () => void server.close() };
}

async function startGateway(
  dir: string,
  url: string,
): Promise<{ readonly gateway: ChildProcess; readonly ready: Ready }> {
  const rules = Array.from(
    { length: GROUPS },
    (_, group) =>
      `  - { id: g${group}, who: { groups: [g${group}] }, tools: ['group${group}_*', '*0', '*5'], effect: allow }`,
  );
  mkdirSync(join(dir, 'policies'), { mode: 0o700 });
  const policy = `version: 1\nupstream: bench\nclasses: { read: ['*'] }\nrules:\n${rules.join('\n')}\n`;
  writeFileSync(join(dir, 'policies', 'bench.yaml'), policy);
  const config = `version: 1
listen: { mcp: '127.0.0.1:0', admin: '127.0.0.1:0' }
store: sqlite:./data/countersign.db
policies: ./policies
upstreams: { bench: { url: '${url}', era: modern } }
`;
  writeFileSync(join(dir, 'countersign.yaml'), config);
  const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const args = [
    '--max-semi-space-size=8',
    '--max-old-space-size=768',
    program,
    'up',
    '--config',
    join(dir, 'countersign.yaml'),
    '--json',
  ];
  const gateway = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(gateway.stdout), 'line', {
    signal: AbortSignal.timeout(READY_MS_MAX),
  })) as [string];
  return { gateway, ready: JSON.parse(line) as Ready };
}

async function createToken(adminUrl: string, operator: string, person: number): Promise<string> {
  const groups = [`g${person % GROUPS}`];
  const answer = await fetch(new URL('/api/tokens', adminUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user: `person-${person}`, plane: 'mcp', groups, scopes: [], roles: [], ttl: '1h' }),
  });
  return ((await answer.json()) as { readonly token: string }).token;
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: META } });

async function list(pool: Pool, token: string): Promise<number> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/mcp/bench',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    },
    body: BODY,
  });
  const text = await body.text();
  if (Math.random() < 0.001) console.log(text.slice(0, 600));
  const byteLength = text.length;
  if (statusCode !== 200 || byteLength < 1024) throw new Error(`HTTP ${statusCode}, ${byteLength} bytes`);
  return byteLength;
}

await main();
