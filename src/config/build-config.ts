import { resolve } from 'node:path';
import { namesIn } from '../core/identity/names-in.ts';
import { isLoopback } from '../core/http/host-check.ts';
import type { PolicyOptions } from '../core/policy/compile-policy.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { buildUpstream, type Surroundings } from './build-upstream.ts';
import type { Config, IssuerConfig, OidcConfig, UpstreamConfig } from './config.ts';
import { type ConfigFile, DEFAULT_ENVIRONMENT, DEFAULT_TOKENS, type EnvironmentSection } from './config-schema.ts';
import type { YamlFile, YamlPath } from './read-yaml.ts';
import { showWritten, subjectOf } from './schema-problems.ts';

/** What policies are decided under where no configuration says otherwise. */
export const DEFAULT_POLICY_OPTIONS: PolicyOptions = policyOptionsOf('prod', DEFAULT_ENVIRONMENT, []);

/** Collects problems of one file. */
export type Report = (severity: Problem['severity'], path: YamlPath, message: string, help: string) => void;

/** Fills in what the file leaves open, and finds what is wrong between its parts. */
export function buildConfig(
  yaml: YamlFile,
  file: ConfigFile,
  surroundings: Surroundings,
): Result<Config, readonly Problem[]> {
  const problems: Problem[] = [];
  const report: Report = (severity, path, message, help) => {
    const [place, got] = [yaml.placeOf(path), showWritten(yaml, path)];
    problems.push({ severity, place, subject: subjectOf(path), message, got, help });
  };

  checkListeners(file, report);
  checkConsole(file, report);
  checkPeople(file, report);
  const environment = findEnvironment(file, report);
  const upstreams = Object.entries(file.upstreams)
    .map(([name, section]) => buildUpstream(name, section, surroundings, report))
    .filter((upstream): upstream is UpstreamConfig => upstream !== null);
  if (upstreams.length === 0 && Object.keys(file.upstreams).length === 0) {
    report('warning', ['upstreams'], 'there is none, so there is nothing to call', 'add an MCP server');
  }

  if (problems.some(({ severity }) => severity === 'error')) return err(problems);
  return ok({
    environment: file.environment,
    environments: file.environments === undefined ? null : Object.keys(file.environments),
    mcp: { listen: file.listen.mcp, publicUrl: file.publicUrl ?? null, hosts: file.hosts, origins: file.origins },
    admin: { listen: file.listen.admin, publicUrl: file.adminUrl ?? null },
    store: { kind: 'sqlite', path: resolve(surroundings.dir, file.store.slice('sqlite:'.length)) },
    policiesDir: resolve(surroundings.dir, file.policies),
    shadowPoliciesDir: file.shadowPolicies === undefined ? null : resolve(surroundings.dir, file.shadowPolicies),
    policyOptions: policyOptionsOf(file.environment, environment, upstreams),
    approvals: {
      expiresMs: environment.approvals.expires,
      holdMs: environment.approvals.hold,
      holds: new Map(Object.entries(file.approvals.holds)),
      keepMs: file.approvals.keep,
    },
    issuers: issuersOf(file),
    oidc: oidcOf(file),
    people: file.identity?.people ?? [],
    tokens: { ttlMsMax: (file.identity?.tokens ?? DEFAULT_TOKENS).maxTtl },
    upstreams,
    results: { redactSecrets: file.results.secrets === 'redact' },
    limits: {
      connectionsMax: file.limits.connections,
      requestsMax: file.limits.requests,
      sessionsMax: file.limits.sessions,
      sessionsPerPrincipalMax: file.limits.sessionsPerPrincipal,
      pendingApprovalsMax: file.limits.pendingApprovals,
      pendingApprovalsPerPrincipalMax: file.limits.pendingApprovalsPerPrincipal,
      pendingApprovalsPerToolMax: file.limits.pendingApprovalsPerTool ?? file.limits.pendingApprovalsPerPrincipal,
    },
    notify: notifyOf(file),
    log: file.log,
    warnings: problems,
  });
}

function notifyOf({ notify }: ConfigFile): Config['notify'] {
  return {
    webhooks: notify.webhooks.map(({ body, digest, ...webhook }) => ({
      ...webhook,
      digestMs: digest,
      bodyTemplate: body ?? null,
    })),
    slack: notify.slack.map(({ digest, apiUrl, ...channel }) => ({
      ...channel,
      digestMs: digest,
      apiUrl: apiUrl.replace(/\/+$/, ''),
    })),
  };
}

/**
 * Whoever listens beyond loopback must have said under which name, and how people prove who they are. A gateway that is reachable
 * before anybody thought about that is how servers end up open to the internet.
 */
function checkListeners(file: ConfigFile, report: Report): void {
  const { mcp, admin } = file.listen;
  if (mcp.host === admin.host && mcp.port === admin.port && mcp.port !== 0) {
    report(
      'error',
      ['listen', 'admin'],
      'is the address of the MCP plane too',
      'the planes are apart: give each its own',
    );
  }
  if (!isLoopback(mcp.host)) {
    const help = 'add it: tokens are made out to this name, and requests for other names are refused';
    if (file.publicUrl === undefined)
      report('error', ['listen', 'mcp'], 'is reachable by others, and there is no `publicUrl`', help);
    if (file.identity?.tokens === undefined && (file.identity?.issuers.length ?? 0) === 0) {
      const message = 'is reachable by others, and nothing says how they sign in';
      report(
        'error',
        ['listen', 'mcp'],
        message,
        'add `identity.issuers`, or `identity.tokens` for tokens of the gateway itself',
      );
    }
  }
  if (!isLoopback(admin.host) && file.adminUrl === undefined) {
    report(
      'error',
      ['listen', 'admin'],
      'is reachable by others, and there is no `adminUrl`',
      'add it, or listen on 127.0.0.1',
    );
  }
  const issuers = (file.identity?.issuers ?? []).map(({ issuer }) => issuer);
  issuers.forEach((issuer, index) => {
    if (issuers.indexOf(issuer) === index) return;
    report('error', ['identity', 'issuers', index, 'issuer'], 'stands here twice', 'keep one of the two');
  });
}

function checkConsole({ console: { oidc, roles } }: ConfigFile, report: Report): void {
  const isRoleGiven = Object.values(roles).some((holders) => holders.length > 0);
  if (oidc === undefined && isRoleGiven)
    report(
      'error',
      ['console', 'roles'],
      'says who holds a role, and there is no `console.oidc`',
      'add it; roles of accounts and tokens are their own',
    );
  if (oidc !== undefined && !isRoleGiven)
    report(
      'warning',
      ['console', 'oidc'],
      'signs nobody in, because no role is given',
      'add `console.roles`, such as approver: [group:leads]',
    );
}

/** Each in one list, so that a reader of one knows all of a person's names. */
function checkPeople({ identity }: ConfigFile, report: Report): void {
  const listOf = new Map<string, number>();
  for (const [list, names] of (identity?.people ?? []).entries())
    for (const [index, written] of names.entries())
      for (const name of namesIn(written)) {
        const before = listOf.get(name) ?? list;
        listOf.set(name, before);
        if (before === list) continue;
        const help = 'put all names of one person into one list';
        report('error', ['identity', 'people', list, index], `is a name in list ${before + 1} as well`, help);
      }
}

function oidcOf({ console: { oidc, roles } }: ConfigFile): OidcConfig | null {
  if (oidc === undefined) return null;
  const { claims, ...rest } = oidc;
  return { ...rest, groupsClaim: claims.groups, userClaim: claims.user ?? null, roles };
}

function findEnvironment(file: ConfigFile, report: Report): EnvironmentSection {
  if (file.environments === undefined) return DEFAULT_ENVIRONMENT;
  const found = new Map(Object.entries(file.environments)).get(file.environment);
  if (found !== undefined) return found;
  const known = Object.keys(file.environments).join(', ');
  report('error', ['environment'], 'is none of `environments`', `known here: ${known}`);
  return DEFAULT_ENVIRONMENT;
}

function policyOptionsOf(
  environment: string,
  { unclassified, approvals }: EnvironmentSection,
  upstreams: readonly UpstreamConfig[],
): PolicyOptions {
  const appUpstreams = upstreams.flatMap(({ name, passes }) => (passes.apps ? [name] : []));
  const { expires: approvalExpiresMs, minimum: approversMin } = approvals;
  return { environment, unclassified, approvalExpiresMs, approversMin, appUpstreams };
}

function issuersOf(file: ConfigFile): readonly IssuerConfig[] {
  return (file.identity?.issuers ?? []).map(({ issuer, audience, algorithms, jwksUri, claims }) => ({
    issuer,
    audience: audience ?? null,
    algorithms,
    jwksUri: jwksUri ?? null,
    claims: { ...claims, tenant: claims.tenant ?? null },
  }));
}
