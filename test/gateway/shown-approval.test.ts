import { describe, expect, it } from 'vitest';
import type { Administrator } from '../../src/core/identity/principal.ts';
import { administrator, createGatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules: [{ id: change, who: { any: true }, tools: [update], effect: approve }]
`;

/** What `by` is shown of a request of alice's, after bob's for the same tool was approved. */
async function differenceFor(by: Administrator): Promise<string> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
  const ask = async (name: string, text: string): Promise<string> =>
    (await rig.call(person(name), 'notes__update', { text })).structured?.['approvalId'] as string;
  await rig.administration.approve(administrator('olivia'), await ask('bob', 'a secret of bob'), null, null);
  const shown = await rig.administration.showApproval(by, await ask('alice', 'what alice wrote'));
  if (!shown.ok) throw new Error(shown.error.message);
  expect(shown.value.approval.argumentsShown).toContain('what alice wrote');
  return JSON.stringify(shown.value.difference);
}

describe('what is different from the last call of a tool', () => {
  it('is shown to whoever decides', async () => {
    expect(await differenceFor(administrator('olivia'))).toContain('a secret of bob');
  });

  it('tells whoever asked nothing of what somebody else sent', async () => {
    expect(await differenceFor(administrator('alice', { roles: ['viewer'] }))).toBe('null');
  });
});
