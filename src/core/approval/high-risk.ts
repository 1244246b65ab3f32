import { holdsMarker } from '../content/redact-text.ts';
import type { Approval } from './approval.ts';
import type { ApprovalBadge } from './badges.ts';

/**
 * Why approving should be a deliberate act: what the rule asks for; badges that a stolen credential or a changed tool would have; and that
 * something of the arguments is not shown, because its name says that it is secret: whoever asks chooses many of those names.
 */
export const HIGH_RISKS = [
  'typed',
  'fresh-sign-in',
  'not-shown',
  'changed-definition',
  'new-client',
  'unusual-hour',
] as const;
export type HighRisk = (typeof HIGH_RISKS)[number];

const WORDS: { readonly [Risk in HighRisk]: string } = {
  typed: 'a value is to be typed',
  'fresh-sign-in': 'a fresh sign-in is asked for',
  'not-shown': 'an argument is not shown',
  'changed-definition': 'the tool was changed',
  'new-client': 'the client is new',
  'unusual-hour': 'the hour is unusual',
};

/** For pages: `a value is to be typed, the client is new`. */
export function highRiskWords(risks: readonly HighRisk[]): string {
  return risks.map((risk) => WORDS[risk]).join(', ');
}

/** Empty: a request like any other. That something is asked for the first time is too common to slow anybody down. */
export function highRisksOf(
  { argumentsShown, particulars: { confirm, reauthenticateMs } }: Pick<Approval, 'argumentsShown' | 'particulars'>,
  badges: readonly ApprovalBadge[],
): readonly HighRisk[] {
  const given = new Set<string>([
    ...(confirm === null ? [] : ['typed']),
    ...(reauthenticateMs === null ? [] : ['fresh-sign-in']),
    ...(holdsMarker(argumentsShown) ? ['not-shown'] : []),
    ...badges,
  ]);
  return HIGH_RISKS.filter((risk) => given.has(risk));
}
