import { describe, expect, it } from 'vitest';
import { startWorld } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';

// Row 25, ContextForge #4726 and #5161: headers of the host went through to the upstream, the Authorization among them; and two tenants
// with the same names met in one place.

describe.each(['http, modern', 'http, legacy'] as const)('an upstream over %s', (transport) => {
  it('sees of a host no header at all, and of another upstream nothing', async () => {
    const world = await startWorld({ transport });
    try {
      for (const host of HOSTS) {
        const headers = [
          ['X-Canary', 'canary-header'],
          ['Cookie', 'canary-cookie=1'],
          ['User-Agent', 'canary-agent'],
          ['X-Api-Key', 'canary-key'],
          ['X-App-Token', 'canary-token'],
          ['Accept-Language', 'canary-language'],
          ['Baggage', 'canary=baggage'],
        ] as const;
        await world.send(world.request(host, { params: { name: 'crm__read_x', arguments: {} }, headers }));
        await world.send(world.request(host, { params: { name: 'mail__read_x', arguments: { of: 'mail' } }, headers }));
      }
      const known = new Set(
        `host connection content-type accept content-length x-app-token mcp-protocol-version mcp-method mcp-name mcp-session-id
         user-agent cache-control`.split(/\s+/),
      );
      for (const upstream of [world.crm, world.mail]) {
        const names = new Set((upstream.server?.requests ?? []).flatMap(({ headers }) => [...headers.keys()]));
        expect([...names].filter((name) => !known.has(name))).toEqual([]);
        expect(upstream.bytes()).not.toContain('canary-header');
        expect(upstream.bytes()).not.toMatch(/canary-(?:cookie|agent|key|token|language)|canary=baggage|Bearer/);
      }
      expect(world.crm.bytes()).not.toContain(world.mail.credential);
      expect(world.mail.bytes()).not.toContain(world.crm.credential);
      expect(world.crm.calls().some(({ text }) => text.includes('"of":"mail"'))).toBe(false);
    } finally {
      await world.close();
    }
  });
});
