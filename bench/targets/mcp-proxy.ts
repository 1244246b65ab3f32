import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { err, ok } from '../../src/core/result.ts';
import { freePort, listening } from './ports.ts';
import { localUrl, type StartTarget } from './target.ts';

/** Another MCP proxy, built on the SDK. It reaches stdio servers alone, so the upstream is its child and counts with it. */
export const startMcpProxy: StartTarget = async ({ placement, processes }) => {
  const script = findScript();
  if (script === null) return err('mcp-proxy is not installed (npm ci brings it as a development dependency)');

  const port = await freePort();
  const upstream = [process.execPath, fileURLToPath(new URL('../upstream-stdio.ts', import.meta.url))];
  const options = ['--host', '127.0.0.1', '--port', String(port), '--server', 'stream'];
  const args = [script, ...options, '--', ...upstream];
  const proxy = processes.start({ name: 'mcp-proxy', prefix: placement.target, program: process.execPath, args });
  await proxy.aliveDuring(listening(port));
  return ok({ url: localUrl(port, '/mcp'), token: null, pid: proxy.pid });
};

function findScript(): string | null {
  try {
    return createRequire(import.meta.url).resolve('mcp-proxy/dist/bin/mcp-proxy.mjs');
  } catch {
    return null;
  }
}
