import { afterEach, expect, it } from 'vitest';
import { createGatewayDir, type GatewayDir, startIn } from '../support/run-gateway.ts';

// Row 23, ContextForge f21b61c89: a setting that keeps people safe was off when its value was a word that nobody knew.

let home: GatewayDir;
afterEach(() => home.remove());

const UPSTREAM = 'upstreams: { crm: { url: "http://127.0.0.1:9/mcp" } }\n';

it.each([
  'environments: { prod: { unclassified: dney } }',
  'environments: { prod: { unclassified: off } }',
  'environments: { prod: { unclassified: "" } }',
  'environments: { prod: { unclassified: } }',
  'environments: { prod: { unclasified: deny } }',
  'environments: { prod: { approvals: { minimum: 0 } } }',
  'environments: { prod: { approvals: { minimum: "1" } } }',
  'environments: { prdo: { unclassified: deny } }',
  'identity: { tokens: { maxTtl: never } }',
  'identity: { issuers: [{ issuer: "https://a.example", algorithms: [] }] }',
  'identity: { issuers: [{ issuer: "https://a.example", algorithms: [ES265] }] }',
  'hosts: ["*"]',
  'origins: ["*"]',
  'limits: { requests: 0 }',
  'limits: { requests: unlimited }',
])('%s: the gateway does not start', async (line) => {
  home = createGatewayDir({ config: `${UPSTREAM}${line}\n`, policies: {} });
  await expect(startIn(home)).rejects.toThrow(/countersign\.yaml:\d+/);
});
