import { isPlaceholder } from '../placeholder.ts';
import type { ReportSpan } from './detector.ts';
import { isGivenToApp } from './public-call.ts';

/** Finds a token whose tell-tale at `at` stands in its middle or at its end, or a signature that makes an address a credential. */
export function findInfixToken(text: string, at: number, report: ReportSpan): void {
  for (const { anchor, before, beforeMax, after } of BY_PAIR.get(text.slice(at, at + 2)) ?? NONE) {
    if (!text.startsWith(anchor, at)) continue;
    after.lastIndex = at + anchor.length;
    if (!after.test(text)) continue;
    const head = before.exec(text.slice(Math.max(0, at - beforeMax), at));
    if (head === null) continue;
    const start = at - (head[1] ?? '').length;
    if (!isPlaceholder(text.slice(start, after.lastIndex)) && !isGivenToApp(text, start))
      report(start, after.lastIndex);
  }
}

interface InfixFormat {
  readonly anchor: string;
  /** Its first group is what belongs to the token, up to the anchor. */
  readonly before: RegExp;
  readonly beforeMax: number;
  readonly after: RegExp;
}

const BASE64_KEY = '[A-Za-z0-9+/]{40,100}={0,2}';

const FORMATS: readonly InfixFormat[] = [
  // Entra ID client secrets: three characters, a digit, `Q~`.
  infix('Q~', '[A-Za-z0-9_~.-]{3}[0-9]', 4, '[A-Za-z0-9_~.-]{30,34}(?![A-Za-z0-9_~-])'),
  // Azure DevOps personal access tokens carry a signature of four letters, and so do keys of other services there.
  infix('AZDO', '[A-Za-z0-9]{76}', 76, '[A-Za-z0-9]{4}(?![A-Za-z0-9])'),
  infix('JQQJ99', '[A-Za-z0-9]{52}', 52, '[A-Za-z0-9]{26}(?![A-Za-z0-9])'),
  infix('AzFu', '[A-Za-z0-9_-]{44}', 44, '[A-Za-z0-9_-]{6,8}={0,2}'),
  infix('AzSe', '[A-Za-z0-9]{42}', 42, '[A-Za-z0-9]{6}(?![A-Za-z0-9])'),
  infix('AzCa', '[A-Za-z0-9+/]{33}', 33, '[A-Za-z0-9+/]{5,7}={0,2}'),
  // Mailchimp
  infix('-us', '[0-9a-f]{32}', 32, '[0-9]{1,2}(?![A-Za-z0-9])'),
  // Telegram bots: in an address the number stands behind `/bot`.
  infix(':A', '[0-9]{7,12}', 12, '[A-Za-z0-9_-]{34}(?![A-Za-z0-9_-])'),
  infix('.atlasv1.', '[A-Za-z0-9]{14}', 14, '[A-Za-z0-9_=-]{60,70}'),
  infix('_mmk', '[A-Za-z0-9]{6}_[A-Za-z0-9]{29}', 36, '(?![A-Za-z0-9])'),
  infix('AccountKey=', '', 0, BASE64_KEY),
  infix('SharedAccessKey=', '', 0, BASE64_KEY),
  infix('__CONTRIBSYS__COM', '', 0, '["\']?\\s{0,3}[=:]\\s{0,3}["\']?[0-9a-f]{8}:[0-9a-f]{8}'),
  infix('X-Amz-Signature=', '', 0, '[0-9a-f]{64}'),
  infix('X-Goog-Signature=', '', 0, '[0-9a-f]{64,1024}'),
  infix('X-Amz-Security-Token=', '', 0, '[A-Za-z0-9%+/_-]{100,2000}'),
  // Shared access signatures of Azure
  infix('sig=', '', 0, '(?:[A-Za-z0-9+/]|%2[BbFf]){42,44}(?:=|%3[Dd])'),
  infix('.webhook.office.com/webhookb2/', '', 0, '[0-9a-f@-]{73}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}'),
  // Facebook applications: their number, a stroke, their secret.
  ...Array.from('0123456789', (digit) =>
    infix(`${digit}|`, '[0-9]{14,15}', 15, '[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])'),
  ),
];

const BY_PAIR: ReadonlyMap<string, readonly InfixFormat[]> = Map.groupBy(FORMATS, ({ anchor }) => anchor.slice(0, 2));
/** The first two characters of every tell-tale. */
export const INFIX_BEGINNINGS: readonly string[] = [...BY_PAIR.keys()];
const NONE: readonly InfixFormat[] = [];

function infix(anchor: string, before: string, beforeMax: number, after: string): InfixFormat {
  return {
    anchor,
    before: new RegExp(before === '' ? '()$' : `(?:^|[^A-Za-z0-9_]|/bot)(${before})$`),
    // The characters that must not belong, and `/bot`.
    beforeMax: beforeMax + 4,
    after: new RegExp(after, 'y'),
  };
}
