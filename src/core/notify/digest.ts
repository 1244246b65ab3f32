import { hash } from 'node:crypto';
import type { Notice } from './notice.ts';

/** Several requests in one notice, so that twenty at once ring once. The members in their order. */
export function digestOf(members: readonly Notice[], consoleUrl: string): Notice {
  const requesters = [...new Set(members.map(({ facts }) => facts.requester ?? ''))];
  const tools = [...new Set(members.map(({ facts }) => `${facts.upstream ?? ''}/${facts.tool ?? ''}`))];
  const names = `${listed(requesters)} to run ${listed(tools)}`;
  return {
    type: 'approval.digest',
    subject: digestSubject(members),
    facts: { status: 'pending' },
    url: `${consoleUrl}/`,
    summary: `${members.length} requests wait for a person: from ${names}`,
  };
}

/** The same for the same members, so that a repetition can be told. */
function digestSubject(members: readonly Notice[]): string {
  const subjects = members.map(({ subject }) => subject).join('\n');
  return `digest_${hash('sha256', subjects, 'base64url').slice(0, 22)}`;
}

const NAMED_MAX = 3;

function listed(names: readonly string[]): string {
  const named = names.slice(0, NAMED_MAX).join(', ');
  return names.length > NAMED_MAX ? `${named} and ${names.length - NAMED_MAX} more` : named;
}
