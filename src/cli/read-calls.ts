import { type AuditView, auditListSchema } from '../core/admin-api/audit-view.ts';
import { isGovernedMethod, kindOf } from '../core/catalog/target.ts';
import type { Principal, PrincipalId } from '../core/identity/principal.ts';
import type { JsonObject } from '../core/json/value.ts';
import type { RecordedCall } from '../core/policy/replay.ts';
import { ok, type Result } from '../core/result.ts';
import type { AdminClient } from './admin-client.ts';
import type { CliFault } from './load-admin-target.ts';

/** What of the log a replay goes through. */
export interface LogWindow {
  readonly sinceMs: number;
  readonly untilSequence: number;
}

/** One decision of the log: a call that can be decided again, or why it cannot. */
export type ReadCall = ReadCallBase &
  (
    | { readonly kind: 'call'; readonly call: RecordedCall }
    /** `not-policy`: something else decided, which `code` names. `unknown-person`: nothing says which groups they were in. */
    | { readonly kind: 'not-policy'; readonly code: string }
    | { readonly kind: 'unknown-person' }
  );

interface ReadCallBase {
  readonly sequence: number;
  readonly ruleId: string | null;
}

const PAGE = 500;
/** What a credential says is recorded once a day. */
const PEOPLE_BEFORE_MS = 25 * 3_600_000;

/** Goes through the log page by page, and hands over every decision on a call since the moment given. */
export async function readCalls(
  client: AdminClient,
  { sinceMs, untilSequence }: LogWindow,
  take: (read: ReadCall) => void,
): Promise<Result<true, CliFault>> {
  const people = new Map<string, Principal>();
  const first = await findFirst(client, sinceMs - PEOPLE_BEFORE_MS, untilSequence);
  if (!first.ok) return first;
  let after = first.value;
  let isInWindow = false;
  while (after < untilSequence) {
    // Before the window only people matter: arguments that are not needed are not asked for, because to read them is recorded.
    const page = await client.get(pageAfter(after, PAGE, isInWindow), auditListSchema);
    if (!page.ok) return page;
    const { entries } = page.value;
    const begins = isInWindow ? 0 : entries.findIndex(({ timeMs }) => timeMs >= sinceMs);
    const known = begins === -1 ? entries : entries.slice(0, isInWindow ? undefined : begins);
    for (const entry of known) {
      after = entry.seq;
      if (after > untilSequence) return ok(true);
      const read = readEntry(entry, people);
      if (isInWindow && read !== null) take(read);
    }
    if (entries.length === 0) return ok(true);
    if (begins !== -1) isInWindow = true;
  }
  return ok(true);
}

/** The newest sequence number; 0 where there is no entry. */
export async function newestSequence(client: AdminClient): Promise<Result<number, CliFault>> {
  const newest = await client.get('/api/audit?limit=1&payloads=none', auditListSchema);
  return newest.ok ? ok(newest.value.entries[0]?.seq ?? 0) : newest;
}

/** The sequence number before the first entry of this moment or later, found by halving. */
async function findFirst(client: AdminClient, fromMs: number, newest: number): Promise<Result<number, CliFault>> {
  let [low, high] = [0, newest];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const page = await client.get(pageAfter(middle, 1, false), auditListSchema);
    if (!page.ok) return page;
    const [entry] = page.value.entries;
    if (entry === undefined || entry.timeMs >= fromMs) high = middle;
    else low = middle + 1;
  }
  return ok(Math.max(low - 1, 0));
}

function pageAfter(after: number, limit: number, withArguments: boolean): string {
  const query = new URLSearchParams({ after: String(after), limit: String(limit) });
  if (!withArguments) query.set('payloads', 'none');
  return `/api/audit?${query.toString()}`;
}

function readEntry(entry: AuditView, people: Map<string, Principal>): ReadCall | null {
  if (entry.kind === 'principal') {
    const person = personOf(entry);
    people.set(person.credentialId, person);
    return null;
  }
  const { method, upstream, tool, decision, credentialId, ruleId } = entry;
  if (entry.kind !== 'decision' || typeof method !== 'string' || !isGovernedMethod(method)) return null;
  const base = { sequence: entry.seq, ruleId: typeof ruleId === 'string' ? ruleId : null };
  const code = otherReasonOf(entry);
  if (typeof upstream !== 'string' || typeof tool !== 'string')
    return { ...base, kind: 'not-policy', code: code ?? 'tool_unknown' };
  if (code !== null) return { ...base, kind: 'not-policy', code };
  const principal = people.get(String(credentialId));
  if (principal === undefined) return { ...base, kind: 'unknown-person' };
  const call: RecordedCall = {
    principal,
    target: { kind: kindOf(method, tool), upstream, name: tool },
    args: (entry.arguments ?? null) as JsonObject | null,
    timeMs: entry.timeMs,
    decision: decision as RecordedCall['decision'],
    hadSeenBoth: codesOf(entry).includes('data_flow'),
  };
  return { ...base, kind: 'call', call };
}

function personOf(entry: AuditView): Principal {
  const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
  return {
    id: String(entry['principal']) as PrincipalId,
    name: String(entry['principal']),
    groups: texts(entry['groups']),
    scopes: texts(entry['scopes']),
    tenant: typeof entry['tenant'] === 'string' ? entry['tenant'] : null,
    client: String(entry['client']),
    credentialId: String(entry['credentialId']),
    issuer: String(entry['issuer']),
    resources: null,
  };
}

/** What decided, where it was no rule and no class: a switch, a limit, a name that stands for nothing. */
function otherReasonOf(entry: AuditView): string | null {
  return codesOf(entry).find((code) => !OF_POLICY.has(code)) ?? null;
}

function codesOf({ reasons }: AuditView): readonly string[] {
  return Array.isArray(reasons) ? reasons.map(String) : [];
}

const OF_POLICY: ReadonlySet<string> = new Set([
  'rule_allows',
  'rule_denies',
  'rule_needs_approval',
  'write_needs_approval',
  'class_never',
  'class_unclassified',
  'no_rule',
  'scope_missing',
  'condition_not_met',
  'condition_unevaluable',
  'argument_bound',
  // Of a watch rule, but decided with the rest: the reason itself says what it depended on.
  'data_flow',
  'upstream_without_policy',
]);
