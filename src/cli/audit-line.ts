import type { AuditView } from '../core/admin-api/audit-view.ts';
import { visibleText } from '../core/content/visible-text.ts';
import { type CliContext, paint } from './cli-context.ts';
import { formatTime } from './format-time.ts';

/** Which recorded fields say in a line what an entry is about, and in which order. A kind that is not here shows its name alone. */
const TOLD_BY_KIND: ReadonlyMap<string, readonly string[]> = new Map([
  ['refusal', ['reason', 'httpStatus', 'principal', 'method', 'detail', 'count']],
  ['decision', ['decision', 'principal', 'target', 'class', 'ruleId', 'reasons', 'approvalId']],
  ['principal', ['principal', 'credentialId', 'groups', 'scopes', 'tenant']],
  ['shadow', ['decision', 'shadowDecision', 'principal', 'target', 'ruleId', 'shadowRuleId', 'count']],
  ['dispatch', ['principal', 'target', 'approvalId', 'decidedBy']],
  ['ask', ['change', 'upstream', 'asks', 'round', 'viaCallId', 'detail']],
  ['uninvited', ['upstream', 'method', 'count']],
  ['outcome', ['outcome', 'latencyMs', 'resultBytes', 'detail']],
  ['approval', ['change', 'approvalId', 'principal', 'target', 'by', 'comment']],
  ['kill-switch', ['change', 'id', 'scope', 'by', 'reason']],
  ['token', ['change', 'tokenId', 'plane', 'user', 'by']],
  ['account', ['change', 'accountId', 'user', 'roles', 'by']],
  ['sign-in', ['change', 'user', 'method', 'credentialId']],
  ['pin', ['change', 'upstream', 'tool', 'pinId', 'by', 'detail']],
  ['gateway', ['change', 'by', 'detail']],
]);

/** These come first and are known by their place. The others are named. */
const UNNAMED: ReadonlySet<string> = new Set([
  'reason',
  'decision',
  'principal',
  'target',
  'class',
  'outcome',
  'change',
]);

/** One entry in one line, whatever its fields hold. */
export function auditLine(context: Pick<CliContext, 'color'>, entry: AuditView): string {
  const fields = (TOLD_BY_KIND.get(entry.kind) ?? []).flatMap((name) => {
    const value = name === 'target' ? target(entry) : entry[name];
    if (value === null || value === undefined) return [];
    const text = visibleText(plain(value));
    return [UNNAMED.has(name) ? text : `${paint(context, 'dim', `${name}=`)}${text}`];
  });
  const head = `${String(entry.seq).padStart(7)}  ${formatTime(entry.timeMs)}  ${visibleText(entry.kind).padEnd(11)}`;
  return `${paint(context, 'dim', head)}  ${fields.join('  ')}`.trimEnd().concat('\n');
}

function target({ upstream, tool, method }: AuditView): string | null {
  if (typeof upstream === 'string' && typeof tool === 'string') return `${upstream}/${tool}`;
  return typeof method === 'string' ? method : null;
}

/** Lists, such as reasons, by their members; anything else that is no text as JSON. */
function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(plain).join(',') : JSON.stringify(value);
}
