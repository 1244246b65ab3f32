import { expect, it } from 'vitest';
import { hostRequest } from '../support/host-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { runGateway } from '../support/run-gateway.ts';

// Row 3, CVE-2025-66414, -66416, CVE-2026-34742, CVE-2026-35568, CVE-2025-64443: the guard against DNS rebinding was there, and off
// unless somebody asked for it.

it('a configuration that says nothing of hosts and origins refuses foreign ones', async () => {
  const gateway = await runGateway({ config: 'upstreams: {}\n', policies: {} });
  try {
    const { token } = await gateway.issue({ user: 'alice' });
    const statusWith = async (...headers: readonly (readonly [string, string])[]): Promise<number> => {
      const request = hostRequest('2026-07-28', '', { method: 'tools/list', token, headers });
      return (await sendRaw(gateway.mcpPort, request)).status;
    };
    expect(await statusWith()).toBe(200);
    expect(await statusWith(['Host', 'evil.example'])).toBe(403);
    expect(await statusWith(['Host', `evil.example:${gateway.mcpPort}`])).toBe(403);
    expect(await statusWith(['Origin', 'https://evil.example'])).toBe(403);
    expect(await statusWith(['Origin', 'null'])).toBe(403);
    expect(await statusWith(['Origin', `http://localhost:${gateway.mcpPort}`])).toBe(200);
  } finally {
    await gateway.close();
  }
});
