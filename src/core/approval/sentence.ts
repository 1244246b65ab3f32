import { visibleText } from '../content/visible-text.ts';
import type { Approval } from './approval.ts';

/** Who wants what, through what, in one sentence. The rule's own words, where it has any, come last and are untrusted like the rest. */
export function approvalSentence({
  binding,
  requesterName,
  particulars,
}: Pick<Approval, 'binding' | 'requesterName' | 'particulars'>): string {
  const start = sentenceStart({ ...binding, requester: binding.principal, requesterName });
  return particulars.summary === null ? `${start}.` : `${start}: ${particulars.summary}`;
}

export interface SentenceNames {
  readonly requester: string;
  readonly requesterName: string;
  readonly client: string;
  readonly upstream: string;
  readonly tool: string;
}

/**
 * What the rule says of a call, without what every sentence begins with; empty where it says nothing. The beginning is made again and not
 * looked for: a name that somebody chose for themselves can hold what looks like its end, and words of theirs behind it.
 */
export function ownWords(sentence: string, names: SentenceNames): string {
  const start = `${sentenceStart(names)}: `;
  return sentence.startsWith(start) ? sentence.slice(start.length) : '';
}

function sentenceStart({ requester, requesterName, client, upstream, tool }: SentenceNames): string {
  const who = requesterName === requester ? requester : `${requesterName} (${requester})`;
  return `${visibleText(who)} wants to run ${visibleText(tool)} on ${visibleText(upstream)} through ${visibleText(client)}`;
}
