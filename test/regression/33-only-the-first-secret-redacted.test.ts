import { expect, it } from 'vitest';
import { ask } from '../support/approvals-desk.ts';
import { startWorld } from '../support/evasion-world.ts';

// Row 33, agent-governance-toolkit #3202: of several secrets in a text the first was taken out.

it('every secret in every text is taken out of the log and of what an approver is shown', async () => {
  const world = await startWorld();
  try {
    const { crm, mail, tokens, gateway } = world;
    const all = [
      crm.credential,
      mail.credential,
      tokens.alice,
      tokens.bob,
      gateway.operator,
      crm.credential,
      tokens.alice,
    ];
    const text = all.join(' and ') + all.join('');
    const args = { text, list: [text, [text]], deep: { deep: { [text]: text } }, name: 'x', value: text };
    const { status, approvalId } = await ask(world, args);
    expect(status).toBe('approval_pending');
    const shown = await gateway.admin('GET', `/api/approvals/${approvalId}`);
    const entries = JSON.stringify(await gateway.entriesAfter(0));
    for (const secret of all) {
      expect(shown.text).not.toContain(secret);
      expect(entries).not.toContain(secret);
    }
    const redacted = (shown.json['arguments'] as { text: string }).text;
    expect(redacted.match(/\[redacted:credential\]/g)).toHaveLength(all.length * 2);
  } finally {
    await world.close();
  }
});
