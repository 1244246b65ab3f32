import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { PASS_NOTHING } from '../../src/core/content/pass-rules.ts';
import { ASK_NOTHING } from '../../src/core/conversation/ask-rules.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { renderProblems } from '../../src/config/render-problems.ts';
import {
  CONFIG_ENV,
  type ConfigDir,
  configText,
  createConfigDir,
  upstreamText,
  URL_LINE,
} from '../support/config-dir.ts';

let given: ConfigDir;
beforeAll(() => {
  given = createConfigDir();
});
afterAll(() => given.remove());

function config(text: string): Config {
  const parsed = given.parse(text);
  if (!parsed.ok) throw new Error(renderProblems(parsed.error, { color: false }));
  return parsed.value;
}

describe('a configuration', () => {
  it('fills in what it leaves open, on the safe side', () => {
    expect(config(upstreamText(URL_LINE))).toEqual({
      environment: 'prod',
      environments: null,
      mcp: { listen: { host: '127.0.0.1', port: 8420 }, publicUrl: null, hosts: [], origins: [] },
      admin: { listen: { host: '127.0.0.1', port: 8421 }, publicUrl: null },
      store: { kind: 'sqlite', path: join(given.dir, 'data/countersign.db') },
      policiesDir: join(given.dir, 'policies'),
      shadowPoliciesDir: null,
      policyOptions: {
        environment: 'prod',
        unclassified: 'deny',
        approvalExpiresMs: 1_800_000,
        approversMin: 1,
        appUpstreams: [],
      },
      approvals: { expiresMs: 1_800_000, holdMs: 25_000, holds: new Map(), keepMs: 90 * 86_400_000 },
      issuers: [],
      oidc: null,
      people: [],
      tokens: { ttlMsMax: 90 * 86_400_000 },
      upstreams: [
        {
          kind: 'http',
          egressHosts: null,
          transport: 'auto',
          name: 'crm',
          url: 'https://crm.example.com/mcp',
          era: 'auto',
          credentials: { kind: 'none' },
          connectTimeoutMs: 10_000,
          callTimeoutMs: 300_000,
          concurrentCallsMax: 64,
          resultBytesMax: 16 * 1024 * 1024,
          allow: ASK_NOTHING,
          passes: PASS_NOTHING,
        },
      ],
      limits: {
        connectionsMax: 12_000,
        requestsMax: 1024,
        sessionsMax: 20_000,
        sessionsPerPrincipalMax: 200,
        pendingApprovalsMax: 1000,
        pendingApprovalsPerPrincipalMax: 20,
        pendingApprovalsPerToolMax: 20,
      },
      results: { redactSecrets: true },
      notify: { webhooks: [], slack: [] },
      log: { calls: false },
      warnings: [],
    });
  });

  it('says everything that it can say', () => {
    const full = config(`
version: 1
environment: dev
listen: { mcp: '0.0.0.0:443', admin: '[::1]:9000' }
publicUrl: https://mcp.example.com/
adminUrl: https://console.example.com
hosts: [mcp.internal]
origins: [https://inspector.example.com]
store: sqlite:/var/lib/countersign.db
policies: ../shared/policies
shadowPolicies: ./candidate
identity:
  issuers:
    - issuer: https://login.example.com
      audience: api://countersign
      algorithms: [ES256, EdDSA]
      jwksUri: https://login.example.com/keys
      claims: { groups: roles, tenant: org_id, name: email, scopes: scp }
  tokens: { maxTtl: 7d }
  people: [[olivia, o@example.com]]
upstreams:
  wiki:
    url: http://127.0.0.1:9001/mcp
    era: modern
    credentials: { kind: header, name: X-App-Token, value: "Bearer \${env:WIKI_TOKEN}", shared: true }
    timeouts: { connect: 2s, call: 30s }
    limits: { concurrentCalls: 4, resultSize: 512KiB }
  files:
    command: [./bin/server, --root, /srv/files]
    env: { TOKEN: "\${file:secret}" }
    cwd: bin
    shared: true
environments:
  dev: { unclassified: approve, approvals: { expires: 10m, hold: 5s, minimum: 1 } }
  prod: {}
approvals: { keep: 30d }
limits: { connections: 10, requests: 9, sessions: 8, sessionsPerPrincipal: 7, pendingApprovals: 6, pendingApprovalsPerPrincipal: 5 }
`);
    expect(full).toMatchObject({
      environment: 'dev',
      environments: ['dev', 'prod'],
      mcp: {
        listen: { host: '0.0.0.0', port: 443 },
        publicUrl: 'https://mcp.example.com',
        hosts: ['mcp.internal'],
        origins: ['https://inspector.example.com'],
      },
      admin: { listen: { host: '::1', port: 9000 }, publicUrl: 'https://console.example.com' },
      store: { kind: 'sqlite', path: '/var/lib/countersign.db' },
      policiesDir: join(given.dir, '../shared/policies'),
      shadowPoliciesDir: join(given.dir, 'candidate'),
      policyOptions: { environment: 'dev', unclassified: 'approve', approvalExpiresMs: 600_000, approversMin: 1 },
      approvals: { expiresMs: 600_000, holdMs: 5000, holds: new Map(), keepMs: 30 * 86_400_000 },
      people: [['olivia', 'o@example.com']],
      issuers: [
        {
          issuer: 'https://login.example.com',
          audience: 'api://countersign',
          algorithms: ['ES256', 'EdDSA'],
          jwksUri: 'https://login.example.com/keys',
          claims: { groups: 'roles', tenant: 'org_id', name: 'email', scopes: 'scp' },
        },
      ],
      tokens: { ttlMsMax: 7 * 86_400_000 },
      limits: {
        connectionsMax: 10,
        requestsMax: 9,
        sessionsMax: 8,
        sessionsPerPrincipalMax: 7,
        pendingApprovalsMax: 6,
        pendingApprovalsPerPrincipalMax: 5,
        pendingApprovalsPerToolMax: 5,
      },
      warnings: [],
    });
    expect(full.upstreams).toMatchObject([
      {
        name: 'wiki',
        era: 'modern',
        credentials: { kind: 'header', name: 'x-app-token', value: 'Bearer canary-token-91c2' },
        connectTimeoutMs: 2000,
        callTimeoutMs: 30_000,
        concurrentCallsMax: 4,
        resultBytesMax: 524_288,
      },
      {
        name: 'files',
        kind: 'stdio',
        command: join(given.dir, 'bin/server'),
        args: ['--root', '/srv/files'],
        env: { TOKEN: 'canary-secret-5d10' },
        cwd: join(given.dir, 'bin'),
        shared: true,
      },
    ]);
  });

  it('looks programs up on PATH once, so that none that is planted later is taken', () => {
    expect(config(upstreamText('command: node', 'args: [server.js]')).upstreams).toMatchObject([
      { command: process.execPath, args: ['server.js'], env: {}, cwd: given.dir, shared: false },
    ]);
  });

  it('takes what a variable holds as it is', () => {
    expect(config(upstreamText('command: node', 'env: { X: "${env:TRICK}" }')).upstreams).toMatchObject([
      { env: { X: '${env:WIKI_TOKEN}' } },
    ]);
  });
});

describe('warnings', () => {
  it.each<[string, string, string]>([
    [
      'of an upstream in the clear',
      upstreamText('url: http://crm.internal/mcp'),
      'c.yaml:4:10: warning: upstreams.crm.url: sends arguments, results and credentials in the clear',
    ],
    ['of nothing to call', configText(), 'c.yaml:2:12: warning: upstreams: there is none'],
  ])('%s', (_what, text, expected) => {
    expect(given.parse(text).ok).toBe(true);
    expect(given.messages(text)).toContain(expected);
  });

  it('of a file that everybody can change', async () => {
    const path = join(given.dir, 'open.yaml');
    writeFileSync(path, upstreamText(URL_LINE));
    chmodSync(path, 0o666);
    const loaded = await loadConfig(path, CONFIG_ENV);
    expect(loaded.ok && loaded.value.warnings).toMatchObject([
      { place: path, message: 'can be changed by everybody on this machine' },
    ]);
  });
});

describe('loadConfig', () => {
  it('reads a file, and counts paths from where it is', async () => {
    const path = join(given.dir, 'countersign.yaml');
    writeFileSync(path, upstreamText(URL_LINE), { mode: 0o600 });
    expect(await loadConfig(path, CONFIG_ENV)).toMatchObject({
      ok: true,
      value: { policiesDir: join(given.dir, 'policies'), warnings: [] },
    });
  });

  it('says that there is no such file', async () => {
    expect(await loadConfig(join(given.dir, 'nope.yaml'))).toMatchObject({
      ok: false,
      error: [{ message: 'cannot be read (ENOENT)' }],
    });
  });
});
