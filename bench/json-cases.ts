import type { ArgsDigest } from '../src/core/approval/approval.ts';
import type { DecisionEntry, OutcomeEntry } from '../src/core/audit/entry.ts';
import type { DefinitionDigest } from '../src/core/catalog/tool.ts';
import type { JsonObject } from '../src/core/json/value.ts';
import type { PolicyVersion } from '../src/core/policy/decision.ts';

// What `json.ts` measures with.

/** 200 bytes. */
export const ARGUMENTS: JsonObject = {
  id: 'deal_8842',
  amount: 12_500.5,
  stage: 'negotiation',
  owner: 'alice@example.com',
  tags: ['priority', 'emea', 'renewal'],
  custom: { region: 'ES', score: 87 },
  notes: 'Customer asked for a revised quote.',
};

/** JSON texts by name. */
export function requests(): Readonly<Record<string, string>> {
  const call = (args: object): string =>
    JSON.stringify({
      jsonrpc: '2.0',
      id: 42,
      method: 'tools/call',
      params: {
        name: 'crm__update_deal',
        arguments: args,
        _meta: {
          progressToken: 7,
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'an-editor', version: '3.1.4' },
        },
      },
    });
  const change = { at: '2026-11-01T10:00:00Z', by: 'bob', from: 10_000, to: 11_000.25, agreed: true };
  return {
    'request 300 B': call({ id: 'deal_8842', amount: 12_500.5 }),
    'request 1 kB': call({ ...ARGUMENTS, history: [change, change, change, change, change] }),
    'request 1 kB, mostly text': call({ title: 'Notes', body: 'No customer has asked for it yet. '.repeat(22) }),
    'request 1 kB, text with escapes': call({ title: 'Notes', body: '"No" customer\nhas asked…\n'.repeat(28) }),
  };
}

/** JSON texts by name. */
export function results(): Readonly<Record<string, string>> {
  const answer = (result: object): string => JSON.stringify({ jsonrpc: '2.0', id: 42, result });
  const text = (length: number, unit: string): string => {
    return answer({ content: [{ type: 'text', text: unit.repeat(length / unit.length) }], isError: false });
  };
  const rows = Array.from({ length: 9000 }, (_, id) => {
    return { id, name: `deal ${id}`, stage: 'negotiation', amount: id * 12.5, open: id % 2 === 0, tags: ['a', 'b'] };
  });
  return {
    'result 200 B': text(120, 'one long text, '),
    'result 1 MB, one string': text(1_000_000, 'one long text, '),
    'result 1 MB, lines of text': text(1_000_000, 'One line of quite ordinary length, as there are in a file.\n'),
    'result 1 MB, structured': answer({ structuredContent: { rows }, content: [] }),
  };
}

export const SALT = 'AbCdEfGhIjKlMnOpQrStUv';
const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** Without its payload. */
export const DECISION: Omit<DecisionEntry, 'payload'> = {
  kind: 'decision',
  timeMs: 1_793_000_000_000,
  callId: 'call_AbCdEfGhIjKlMnOpQrStUv',
  principal: 'alice',
  client: 'tok_AbCdEfGhIjKlMnOpQrStUv',
  credentialId: 'tok_AbCdEfGhIjKlMnOpQrStUv',
  revision: '2026-07-28',
  traceId: null,
  records: [],
  method: 'tools/call',
  upstream: 'crm',
  tool: 'update_deal',
  definitionDigest: DIGEST as DefinitionDigest,
  class: 'write',
  policyVersion: DIGEST as PolicyVersion,
  decision: 'allow',
  ruleId: 'deal-updates',
  reasons: ['rule_allows'],
  argsDigest: DIGEST as ArgsDigest,
  approvalId: null,
};

export const OUTCOME: OutcomeEntry = {
  kind: 'outcome',
  timeMs: 1_793_000_000_012,
  callId: 'call_AbCdEfGhIjKlMnOpQrStUv',
  outcome: 'ok',
  approvalId: null,
  resultDigest: DIGEST,
  resultBytes: 200,
  latencyMs: 12,
  detail: null,
};
