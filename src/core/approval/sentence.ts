import { visibleText } from '../content/visible-text.ts';
import type { Approval } from './approval.ts';

/** Who wants what, through what, in one sentence. The rule's own words, where it has any, come last and are untrusted like the rest. */
export function approvalSentence({
  binding,
  requesterName,
  particulars,
}: Pick<Approval, 'binding' | 'requesterName' | 'particulars'>): string {
  const { principal, client, upstream, tool } = binding;
  const who = requesterName === principal ? principal : `${requesterName} (${principal})`;
  const what = `${visibleText(who)} wants to run ${visibleText(tool)} on ${visibleText(upstream)} through ${visibleText(client)}`;
  return particulars.summary === null ? `${what}.` : `${what}: ${particulars.summary}`;
}
