import { describe, expect, it } from 'vitest';
import { startWorld } from '../support/evasion-world.ts';

// Row 27, mcpproxy-go #322: what was added to the arguments for the log, or taken out of them, was what the upstream got.

describe.each(['http, modern', 'stdio'] as const)('over %s', (transport) => {
  it('the upstream gets exactly the arguments of the host, though the log has others', async () => {
    const world = await startWorld({ transport });
    try {
      const args = {
        z: 1,
        a: { password: 'hunter2', list: [{ name: 'API_KEY', value: 'shown to the tool alone' }] },
        note: `the credential is ${world.crm.credential}`,
        token: 42,
        '10': null,
        '9': [],
      };
      await world.newEntries();
      await world.send(world.request('2026-07-28', { params: { name: 'crm__read_x', arguments: args } }));
      expect(world.crm.calls().at(-1)?.text).toContain(
        '"arguments":{"10":null,"9":[],"a":{"list":[{"name":"API_KEY","value":"shown to the tool alone"}],"password":"hunter2"},' +
          `"note":"the credential is ${world.crm.credential}","token":42,"z":1}`,
      );
      const entries = await world.gateway.entriesAfter(0);
      expect(entries.find((entry) => JSON.stringify(entry).includes('redacted'))?.['arguments']).toEqual({
        '10': null,
        '9': [],
        a: { list: [{ name: 'API_KEY', value: '[redacted:key]' }], password: '[redacted:key]' },
        note: 'the credential is [redacted:credential]',
        token: '[redacted:key]',
        z: 1,
      });
    } finally {
      await world.close();
    }
  });
});
