import { isPlaceholder } from '../placeholder.ts';
import type { Detector } from './detector.ts';
import { HAS_LONG_RUN } from '../text-traits.ts';

/** Tokens whose tell-tale stands in their middle or at their end. */
export const infixToken: Detector = {
  name: 'token',
  class: 'secret',
  needs: HAS_LONG_RUN,
  find(text, report) {
    if (text.length < INFIX_TOKEN_CHARS_MIN) return;
    for (const { anchor, before, after, beforeMax } of INFIX_FORMATS) {
      for (let at = text.indexOf(anchor); at !== -1; at = text.indexOf(anchor, at + anchor.length)) {
        const head = before.exec(text.slice(Math.max(0, at - beforeMax - 1), at));
        if (head === null) continue;
        after.lastIndex = at + anchor.length;
        if (!after.test(text)) continue;
        const start = at - (head[1] ?? '').length;
        if (!isPlaceholder(text.slice(start, after.lastIndex))) report(start, after.lastIndex);
      }
    }
  },
};

const INFIX_TOKEN_CHARS_MIN = 35;

interface InfixFormat {
  readonly anchor: string;
  /** Its first group is what belongs to the token, up to the anchor. */
  readonly before: RegExp;
  readonly beforeMax: number;
  readonly after: RegExp;
}

const INFIX_FORMATS: readonly InfixFormat[] = [
  // Entra ID client secrets: three characters, a digit, `Q~`.
  infix('Q~', '[A-Za-z0-9_~.-]{3}[0-9]', 4, '[A-Za-z0-9_~.-]{30,34}(?![A-Za-z0-9_~-])'),
  // Azure DevOps personal access tokens carry a signature of four letters.
  infix('AZDO', '[A-Za-z0-9]{76}', 76, '[A-Za-z0-9]{4}(?![A-Za-z0-9])'),
  infix('JQQJ99', '[A-Za-z0-9]{52}', 52, '[A-Za-z0-9]{26}(?![A-Za-z0-9])'),
  infix('-us', '[0-9a-f]{32}', 32, '[0-9]{1,2}(?![A-Za-z0-9])'),
  infix(':AA', '[0-9]{7,12}', 12, '[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])'),
  infix('.atlasv1.', '[A-Za-z0-9]{14}', 14, '[A-Za-z0-9_=-]{60,70}'),
  infix('_mmk', '[A-Za-z0-9]{6}_[A-Za-z0-9]{29}', 36, '(?![A-Za-z0-9])'),
  infix('AccountKey=', '', 0, '[A-Za-z0-9+/]{40,100}={0,2}'),
  infix('SharedAccessKey=', '', 0, '[A-Za-z0-9+/]{40,100}={0,2}'),
  infix('__CONTRIBSYS__COM', '', 0, '["\']?\\s{0,3}[=:]\\s{0,3}["\']?[0-9a-f]{8}:[0-9a-f]{8}'),
  infix('X-Amz-Signature=', '', 0, '[0-9a-f]{64}'),
  infix('X-Amz-Security-Token=', '', 0, '[A-Za-z0-9%+/_-]{100,2000}'),
];

function infix(anchor: string, before: string, beforeMax: number, after: string): InfixFormat {
  return {
    anchor,
    before: new RegExp(before === '' ? '()$' : `(?:^|[^A-Za-z0-9_])(?:bot)?(${before})$`),
    // One more on each side: the character that must not belong, and `bot`.
    beforeMax: beforeMax + 4,
    after: new RegExp(after, 'y'),
  };
}
