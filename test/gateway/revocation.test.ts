import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAnswer, type RawAnswer } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get] }
rules:
  - { id: everybody, who: { any: true }, tools: [get], effect: allow }
`;

describe('a token that is revoked while the body of its request is on its way', () => {
  let notes: RecordingUpstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    notes = await startRecordingUpstream('http, modern', [{ name: 'get', inputSchema: {} }], 'canary-notes-credential');
    gateway = await runGateway({
      config: `upstreams:\n  notes: ${notes.config}\n`,
      policies: { 'notes.yaml': POLICY },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await notes.close();
  });

  it('makes no new token', async () => {
    const { id, token } = await gateway.issue({ user: 'otto', plane: 'admin', roles: ['operator'] });
    const body = JSON.stringify({ user: 'mallory', plane: 'admin', roles: ['operator'], ttl: '1h' });
    const request = await startRequest(gateway.adminPort, '/api/tokens', token, body.length);
    request.write(body.slice(0, 5));
    // It must have been asked for its credential by now, as an honest request that comes later is.
    await gateway.admin('GET', '/api/tokens', undefined, token);
    expect(await gateway.admin('DELETE', `/api/tokens/${id}`)).toMatchObject({ status: 200 });
    request.write(body.slice(5));
    expect(await answerTo(request)).toMatchObject({ status: 401 });
    const { json } = await gateway.admin('GET', '/api/tokens');
    expect(JSON.stringify(json)).not.toContain('mallory');
  });

  it('calls no tool', async () => {
    const { id, token } = await gateway.issue({ user: 'alice' });
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'get', arguments: {} },
    });
    const request = await startRequest(gateway.mcpPort, '/mcp/notes', token, body.length);
    request.write(body.slice(0, 5));
    await gateway.admin('GET', '/api/tokens');
    expect(await gateway.admin('DELETE', `/api/tokens/${id}`)).toMatchObject({ status: 200 });
    request.write(body.slice(5));
    await answerTo(request);
    expect(notes.calls()).toEqual([]);
  });
});

async function startRequest(port: number, path: string, token: string, bodyBytes: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    'MCP-Protocol-Version: 2025-11-25',
    'Content-Type: application/json',
    'Accept: application/json',
    `Content-Length: ${bodyBytes}`,
    'Connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return socket;
}

function answerTo(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(parseAnswer(text)));
  });
}
