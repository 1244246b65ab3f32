import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isNode, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { listPolicyDir, shownPath } from './policy-dir.ts';
import { parsePolicy } from './load-policies.ts';
import { lineDiff } from './line-diff.ts';

/** The policies of a directory as somebody would change them by hand. The files are read anew each time, and never written. */
export function createRuleChanges(dir: string): {
  suggestUnattended(upstream: string, ruleId: string): Promise<string | null>;
} {
  return { suggestUnattended: (upstream, ruleId) => suggestUnattended(dir, upstream, ruleId) };
}

async function suggestUnattended(dir: string, upstream: string, ruleId: string): Promise<string | null> {
  const listed = await listPolicyDir(dir);
  for (const name of listed.ok ? listed.value.policies : []) {
    const text = await readFile(join(dir, name), 'utf8').catch(() => null);
    const changed = text === null ? null : unattended(text, upstream, ruleId);
    if (text === null || changed === null) continue;
    const place = shownPath(dir, name);
    return parsePolicy(name, place, Buffer.from(changed)).ok ? lineDiff(place, text, changed) : null;
  }
  return null;
}

/** The text of the file after the change. */
function unattended(text: string, upstream: string, ruleId: string): string | null {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0 || document.get('upstream') !== upstream) return null;
  const rules = document.get('rules');
  const rule = isSeq(rules) ? rules.items.find((each) => isMap(each) && each.get('id') === ruleId) : undefined;
  if (!isMap(rule) || rule.get('effect') !== 'approve') return null;
  const effect = endsOf(pairOf(rule, 'effect'));
  if (effect === null) return null;
  const approval = endsOf(pairOf(rule, 'approval'));
  const between = rule.flow === true ? ', ' : `\n${' '.repeat(columnOf(text, effect.start))}`;
  const edits = [
    { start: effect.valueStart, end: effect.end, text: `allow${between}unattended: true` },
    ...(approval === null ? [] : [removal(text, approval, rule.flow === true)]),
  ];
  // From the end, so that the places of the others stay what they are.
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
}

interface Ends {
  /** Of the key. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function endsOf(pair: Pair | undefined): Ends | null {
  if (pair === undefined || !isNode(pair.key) || !isNode(pair.value)) return null;
  const [key, value] = [pair.key.range, pair.value.range];
  return key && value ? { start: key[0], valueStart: value[0], end: value[1] } : null;
}

/** The lines of it, or, within braces, it and the comma before or after it. */
function removal(text: string, { start, end }: Ends, isFlow: boolean): Edit {
  if (isFlow) {
    const before = /,\s*$/.exec(text.slice(0, start));
    const after = /^\s*,\s*/.exec(text.slice(end));
    if (before !== null) return { start: start - before[0].length, end, text: '' };
    return { start, end: end + (after?.[0].length ?? 0), text: '' };
  }
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const lineEnd = text.indexOf('\n', Math.max(end - 1, 0));
  return { start: lineStart, end: lineEnd === -1 ? text.length : lineEnd + 1, text: '' };
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}
