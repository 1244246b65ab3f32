import { z } from 'zod';
import { APPROVERS_MAX } from '../core/policy/schema/approval-schema.ts';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../core/identity/signature-algorithms.ts';
import type { ListenAddress } from './config.ts';
import { type ConsoleSection, consoleSection } from './console-schema.ts';
import { createFileSchema, type FileSchema } from './file-schema.ts';
import { type NotifySection, notify } from './notify-schema.ts';
import { UPSTREAM_KEYS_NOT_YET, upstreamName, upstreamSchema, type UpstreamSection } from './upstream-schema.ts';
import { count, duration, listenAddress, plainText, secureOrigin, secureUrl } from './value-schemas.ts';

/** `countersign.yaml` as written, each part checked by itself. `buildConfig` looks at them together. */
export interface ConfigFile {
  readonly version: 1;
  readonly environment: string;
  readonly listen: { readonly mcp: ListenAddress; readonly admin: ListenAddress };
  readonly publicUrl?: string | undefined;
  readonly adminUrl?: string | undefined;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  readonly store: string;
  readonly policies: string;
  readonly shadowPolicies?: string | undefined;
  readonly identity?: IdentitySection | undefined;
  readonly console: ConsoleSection;
  readonly upstreams: Readonly<Record<string, UpstreamSection>>;
  readonly environments?: Readonly<Record<string, EnvironmentSection>> | undefined;
  readonly limits: LimitsSection;
  readonly log: LogSection;
  readonly results: ResultsSection;
  readonly notify: NotifySection;
  readonly approvals: { readonly holds: Readonly<Record<string, number>>; readonly keep: number };
}

export interface IdentitySection {
  readonly issuers: readonly IssuerSection[];
  readonly tokens?: TokensSection | undefined;
  readonly people: readonly (readonly string[])[];
}

interface TokensSection {
  readonly maxTtl: number;
}

interface IssuerSection {
  readonly issuer: string;
  readonly audience?: string | undefined;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly jwksUri?: string | undefined;
  readonly claims: {
    readonly groups: string;
    readonly scopes: string;
    readonly name: string;
    readonly tenant?: string | undefined;
  };
}

export interface EnvironmentSection {
  readonly unclassified: 'deny' | 'approve';
  readonly approvals: { readonly expires: number; readonly hold: number; readonly minimum: number };
}

interface LogSection {
  readonly calls: boolean;
}

interface ResultsSection {
  readonly secrets: 'redact' | 'keep';
}

interface LimitsSection {
  readonly connections: number;
  readonly requests: number;
  readonly sessions: number;
  readonly sessionsPerPrincipal: number;
  readonly pendingApprovals: number;
  readonly pendingApprovalsPerPrincipal: number;
  readonly pendingApprovalsPerTool?: number | undefined;
}

const DAY_MS = 86_400_000;

const issuer = z.strictObject({
  issuer: secureUrl.describe('Compared exactly with `iss` of a token'),
  audience: plainText
    .optional()
    .describe('What `aud` of a token must be. Without it, the resource identifiers of the MCP plane'),
  algorithms: z
    .array(z.enum(SIGNATURE_ALGORITHMS))
    .min(1)
    .default(['RS256', 'ES256'])
    .describe('Signatures that are accepted; whoever can check an HMAC can also make one, so there are none'),
  jwksUri: secureUrl.optional().describe("Where the keys are. Without it, what the issuer's metadata says"),
  claims: z
    .strictObject({
      groups: plainText.default('groups').describe('Claim that holds the groups'),
      scopes: plainText.default('scope').describe('Claim that holds the scopes'),
      name: plainText.default('name').describe('Claim that holds the display name'),
      tenant: plainText.optional().describe('Claim that holds the tenant'),
    })
    .prefault({})
    .describe('Which claim holds what'),
});

const tokens: z.ZodType<TokensSection, unknown> = z
  .strictObject({
    maxTtl: duration(60_000, 366 * DAY_MS)
      .prefault('90d')
      .describe('The longest life of a token that the gateway issues'),
  })
  .describe('Access tokens that the gateway issues itself, stored as hashes');

const identity = z.strictObject({
  issuers: z.array(issuer).max(20).default([]).describe('Authorization servers whose access tokens are accepted'),
  tokens: tokens.optional(),
  people: z
    .array(z.array(plainText).min(2).max(20))
    .max(1000)
    .default([])
    .describe(
      'Lists of names, each with all that one person goes by: names of accounts and tokens, `issuer#sub`, names at the provider',
    ),
});

const environment: z.ZodType<EnvironmentSection, unknown> = z.strictObject({
  unclassified: z
    .enum(['deny', 'approve'])
    .default('deny')
    .describe('What becomes of a tool in no class that a rule allows'),
  approvals: z
    .strictObject({
      expires: duration(1000, 30 * DAY_MS)
        .prefault('30m')
        .describe('How long a request waits for an answer, where its rule says nothing else'),
      hold: duration(100, 600_000).prefault('25s').describe('How long a call is held open for a fast approver'),
      minimum: count(APPROVERS_MAX).default(1).describe('How many people must approve, where a rule asks for fewer'),
    })
    .prefault({})
    .describe('Defaults of approvals'),
});

const environmentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, { error: 'must be 1 to 32 small letters, digits or `-`' });

const limits = z.strictObject({
  connections: count(100_000).default(12_000).describe('Connections of hosts that are open at once'),
  requests: count(100_000).default(1024).describe('Requests that are being answered at once'),
  sessions: count(1_000_000).default(20_000).describe('Sessions of hosts that speak a legacy revision'),
  sessionsPerPrincipal: count(100_000).default(200).describe('The same of one person'),
  pendingApprovals: count(100_000).default(1000).describe('Requests for approval that wait at once'),
  pendingApprovalsPerPrincipal: count(10_000).default(20).describe('The same of one person'),
  pendingApprovalsPerTool: count(10_000)
    .optional()
    .describe('The same of one person for one tool; without it, as many as of all tools'),
});

const approvals = z.strictObject({
  keep: duration(DAY_MS, 3650 * DAY_MS)
    .prefault('90d')
    .describe('How long a request is kept once it is over. The audit log keeps what became of it'),
  holds: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9 ._/-]{0,63}$/, { error: 'must be the beginning of a name in small letters' }),
      duration(100, 600_000),
    )
    .default({})
    .describe('How long a call of a host is held for a person, by the beginning of its name, such as `cursor: 50s`'),
});

const log: z.ZodType<LogSection, unknown> = z.strictObject({
  calls: z
    .boolean()
    .default(false)
    .describe('A line for each call, beside the problems; the audit log has every call either way'),
});

const results = z.strictObject({
  secrets: z
    .enum(['redact', 'keep'])
    .default('redact')
    .describe('What becomes of credentials in results, beside those of the gateway, which are always taken out'),
});

const configFile: z.ZodType<ConfigFile, unknown> = z.strictObject({
  version: z.literal(1).describe('The version of this file'),
  environment: environmentName
    .default('prod')
    .describe('The environment that this gateway serves. Approvals of another are void here'),
  listen: z
    .strictObject({
      mcp: listenAddress.prefault('127.0.0.1:8420').describe('The MCP plane, for hosts'),
      admin: listenAddress.prefault('127.0.0.1:8421').describe('The admin plane, for people and operations'),
    })
    .prefault({})
    .describe('Addresses of the two planes'),
  publicUrl: secureOrigin
    .optional()
    .describe('Where hosts reach the MCP plane. Tokens are made out to this and the path'),
  adminUrl: secureOrigin.optional().describe('Where people reach the admin plane; links to approvals begin with it'),
  hosts: z
    .array(
      z
        .string()
        .regex(/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/, { error: 'must be a host name in small letters, without a port' }),
    )
    .max(100)
    .default([])
    .describe('Names that a `Host` header may carry beside those of `listen` and `publicUrl`'),
  origins: z
    .array(secureOrigin)
    .max(100)
    .default([])
    .describe('Web origins that may call beside those of `listen` and `publicUrl`'),
  store: z
    .string()
    .superRefine((text, context) => checkStore(text, context))
    .default('sqlite:./data/countersign.db')
    .describe('Where everything is kept: `sqlite:` and a path'),
  policies: plainText.default('./policies').describe('The directory of the policies'),
  shadowPolicies: plainText
    .optional()
    .describe('The directory of a candidate: it decides beside the policies, and what differs is recorded'),
  identity: identity
    .optional()
    .describe('Who may sign in on the MCP plane. Without it, holders of tokens that the gateway issued'),
  console: consoleSection.prefault({}).describe('Who signs in to the console, beside accounts and tokens'),
  upstreams: z
    .record(upstreamName, upstreamSchema)
    .describe('MCP servers behind the gateway, by a name of your choice'),
  environments: z.record(environmentName, environment).optional().describe('Defaults by environment'),
  approvals: approvals.prefault({}).describe('How hosts wait for a person'),
  notify: notify.prefault({}).describe('Who is told of approvals, beside the console'),
  log: log.prefault({}).describe('What the log for operators says'),
  results: results.prefault({}).describe('What is taken out of results'),
  limits: limits.prefault({}).describe('What the gateway takes on before it turns requests away'),
});

function checkStore(text: string, context: z.RefinementCtx): void {
  if (/^sqlite:./.test(text)) return;
  const isPostgres = /^postgres(?:ql)?:/.test(text);
  context.addIssue({
    code: 'custom',
    message: isPostgres ? 'PostgreSQL is not in this version' : 'must be `sqlite:` and a path',
    params: { help: 'such as sqlite:./data/countersign.db' },
  });
}

/** What holds where the file is silent. */
export const DEFAULT_ENVIRONMENT: EnvironmentSection = environment.parse({});
export const DEFAULT_TOKENS: TokensSection = tokens.parse({});

export const CONFIG_SCHEMA: FileSchema<ConfigFile> = createFileSchema(
  configFile,
  new Set(UPSTREAM_KEYS_NOT_YET.map((key) => `upstreams.*.${key}`)),
);
