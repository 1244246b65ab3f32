import type { PassRules } from '../core/content/pass-rules.ts';
import type { AskRules } from '../core/conversation/ask-rules.ts';
import type { AdminRole } from '../core/identity/principal.ts';
import type { SignatureAlgorithm } from '../core/identity/signature-algorithms.ts';
import type { NoticeType } from '../core/notify/notice.ts';
import type { PolicyOptions } from '../core/policy/compile-policy.ts';
import type { Problem } from '../core/problem.ts';

/**
 * `countersign.yaml` after reading: every default filled in, every duration in milliseconds, every path absolute. Plain data, which
 * the composition root maps to the options of each part.
 */
export interface Config {
  readonly environment: string;
  /** All that the file has; `null` where it has none of its own. */
  readonly environments: readonly string[] | null;
  readonly mcp: McpListenerConfig;
  readonly admin: AdminListenerConfig;
  readonly store: { readonly kind: 'sqlite'; readonly path: string };
  readonly policiesDir: string;
  /** Of a candidate that decides beside them, and decides nothing; `null`: there is none. */
  readonly shadowPoliciesDir: string | null;
  readonly policyOptions: PolicyOptions;
  readonly approvals: ApprovalConfig;
  readonly issuers: readonly IssuerConfig[];
  readonly oidc: OidcConfig | null;
  /** Lists of names, each with all that one person goes by. */
  readonly people: readonly (readonly string[])[];
  readonly tokens: { readonly ttlMsMax: number };
  readonly upstreams: readonly UpstreamConfig[];
  readonly limits: LimitConfig;
  readonly results: { readonly redactSecrets: boolean };
  readonly notify: NotifyConfig;
  readonly log: { readonly calls: boolean };
  /** What does not keep the gateway from starting but should be looked at. */
  readonly warnings: readonly Problem[];
}

export interface ListenAddress {
  /** An IP address or `localhost`, without brackets. */
  readonly host: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
}

export interface McpListenerConfig {
  readonly listen: ListenAddress;
  /** An origin. Resource identifiers are this and the path: `https://mcp.example.com/mcp`. `null`: what `listen` says. */
  readonly publicUrl: string | null;
  /** Names that a `Host` header may carry beside those of `listen` and `publicUrl`: in small letters, without a port. */
  readonly hosts: readonly string[];
  /** Web origins that may call beside those of `listen` and `publicUrl`. */
  readonly origins: readonly string[];
}

export interface AdminListenerConfig {
  readonly listen: ListenAddress;
  /** The origin where people reach the admin plane. `null`: what `listen` says. */
  readonly publicUrl: string | null;
}

export interface ApprovalConfig {
  readonly expiresMs: number;
  /** How long a call is held open for a fast approver. */
  readonly holdMs: number;
  /** By the beginning of a host's name. */
  readonly holds: ReadonlyMap<string, number>;
  readonly keepMs: number;
}

export interface IssuerConfig {
  /** Compared exactly with `iss`. */
  readonly issuer: string;
  /** `null`: the resource identifiers of the MCP plane. */
  readonly audience: string | null;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** `null`: found through the issuer's metadata. */
  readonly jwksUri: string | null;
  /** Names of the claims that hold these. */
  readonly claims: {
    readonly groups: string;
    readonly scopes: string;
    readonly name: string;
    readonly tenant: string | null;
  };
}

/** How people sign in to the console through an OpenID provider. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication: 'basic' | 'post';
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  /** `null`: people are named by `<issuer>#<sub>`. */
  readonly userClaim: string | null;
  /** `group:leads`, `user:248289761001`. */
  readonly roles: { readonly [Role in AdminRole]: readonly string[] };
}

export interface NotifyConfig {
  readonly webhooks: readonly WebhookConfig[];
  readonly slack: readonly SlackConfig[];
}

export interface WebhookConfig {
  readonly url: string;
  /** `whsec_…`, the newest first. */
  readonly secrets: readonly string[];
  readonly events: readonly NoticeType[];
  /** 0: each request at once. */
  readonly digestMs: number;
  /** Checked already; `null`: the form of Standard Webhooks. */
  readonly bodyTemplate: string | null;
}

export interface SlackConfig {
  readonly token: string;
  readonly channel: string;
  readonly events: readonly NoticeType[];
  readonly digestMs: number;
  /** Without a slash at its end. */
  readonly apiUrl: string;
}

export type UpstreamConfig = HttpUpstreamConfig | StdioUpstreamConfig;

interface AnyUpstreamConfig {
  readonly name: string;
  /** Which protocol to begin with; `auto` finds out. */
  readonly era: 'auto' | 'legacy' | 'modern';
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly concurrentCallsMax: number;
  readonly resultBytesMax: number;
  /** What the upstream may ask of people and their hosts. */
  readonly allow: AskRules;
  /** What of its own words and wishes reaches hosts. */
  readonly passes: PassRules;
}

export interface HttpUpstreamConfig extends AnyUpstreamConfig {
  readonly kind: 'http';
  readonly url: string;
  /** `sse`: HTTP with SSE, the transport of 2024-11-05; `auto`: whichever the upstream speaks. */
  readonly transport: 'auto' | 'http' | 'sse';
  /** The only hosts that connections of this upstream may go to; `null` where the URL alone says it. */
  readonly egressHosts: readonly string[] | null;
  readonly credentials: UpstreamCredentials;
}

export interface StdioUpstreamConfig extends AnyUpstreamConfig {
  readonly kind: 'stdio';
  /** Absolute: looked up once, when the file was read. */
  readonly command: string;
  readonly args: readonly string[];
  /** What the process gets beside `PATH`, `HOME`, `TMPDIR`, the language and the time zone. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** One process for everybody, instead of one for each principal. */
  readonly shared: boolean;
  /** Of files by their absolute paths, in hexadecimal. */
  readonly digests: ReadonlyMap<string, string>;
}

export type UpstreamCredentials =
  | { readonly kind: 'none' }
  /** One credential for everybody, sent in this header. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string };

export interface LimitConfig {
  readonly connectionsMax: number;
  readonly requestsMax: number;
  readonly sessionsMax: number;
  readonly sessionsPerPrincipalMax: number;
  readonly pendingApprovalsMax: number;
  readonly pendingApprovalsPerPrincipalMax: number;
  readonly pendingApprovalsPerToolMax: number;
}
