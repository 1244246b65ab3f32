import type { ApprovalBadge } from '../../../src/core/approval/badges.ts';
import { type HighRisk, highRiskWords } from '../../../src/core/approval/high-risk.ts';
import type { JSX } from 'preact';
import { Badge } from './badge.tsx';

const WORDS: { readonly [Badge in ApprovalBadge]: readonly [name: string, why: string] } = {
  'first-time': ['first time', 'Nobody ever approved this tool for this person.'],
  'changed-definition': ['changed tool', 'The tool was defined otherwise when it was last approved.'],
  'new-client': ['new client', 'Their requests came through other clients so far.'],
  'unusual-hour': ['unusual hour', 'None of their requests came at this time of day so far.'],
};

interface UnusualProps {
  readonly of: readonly ApprovalBadge[];
  readonly highRisks: readonly HighRisk[];
}

/** What an approver should not overlook, in words that say why. */
export function UnusualBadges({ of, highRisks }: UnusualProps): JSX.Element | null {
  const known = of.filter((badge) => badge in WORDS);
  if (known.length + highRisks.length === 0) return null;
  return (
    <ul class={highRisks.length === 0 ? 'unusual' : 'unusual high'} aria-label="What is unusual">
      {highRisks.length === 0 ? null : (
        <li>
          <Badge of="high risk" /> To approve it, hold the button: {highRiskWords(highRisks)}.
        </li>
      )}
      {known.map((badge) => (
        <li key={badge}>
          <span class="badge wait">
            <span aria-hidden="true">!</span> {WORDS[badge][0]}
          </span>{' '}
          {WORDS[badge][1]}
        </li>
      ))}
    </ul>
  );
}
