import { type Document, isAlias, isNode, isPair, isScalar, type Node, visit, type YAMLError } from 'yaml';
import type { Problem } from '../core/problem.ts';
import type { Placer } from './read-yaml.ts';

const PROBLEMS_MAX = 100;

/**
 * Characters that make a text look like another to whoever reviews it: controls, zero-width and bidirectional ones, tags. Tabs are
 * among them because YAML readers differ on what they are as white space.
 */
const UNSEEN =
  /[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

export function findTextTraps(text: string, place: Placer): Problem[] {
  const problems: Problem[] = [];
  for (const match of text.matchAll(UNSEEN)) {
    if (problems.length >= PROBLEMS_MAX) break;
    const codePoint = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const isTab = match[0] === '\t';
    problems.push({
      severity: 'error',
      place: place(match.index),
      subject: 'text',
      message: isTab ? 'a tab' : 'a character that cannot be seen',
      got: `U+${codePoint}`,
      help: isTab ? 'indent with spaces' : 'remove it, or write it as an escape in double quotes',
    });
  }
  return problems;
}

/** Whatever the parser objects to, and what it would take but another reader would take for something else. */
export function findYamlTraps(documents: readonly Document.Parsed[], place: Placer): Problem[] {
  const problems: Problem[] = [];
  const add = (offset: number, message: string, got: string | null, help: string): void => {
    if (problems.length >= PROBLEMS_MAX) return;
    problems.push({ severity: 'error', place: place(offset), subject: 'YAML', message, got, help });
  };

  const [, second] = documents;
  if (second !== undefined) add(second.range[0], 'a second document', null, 'keep one document in a file');
  for (const document of documents) {
    for (const fault of [...document.errors, ...document.warnings]) {
      add(fault.pos[0], describe(fault), null, HELP_BY_CODE[fault.code] ?? 'mend the YAML here');
    }
    if (document.directives?.docStart === true && hasDirective(document)) {
      add(0, 'a directive', null, 'remove the lines that begin with `%`; files here are YAML 1.2');
    }
    visit(document, (position, node) => {
      if (isPair(node)) checkKey(node.key, add);
      // Behind a fault there can be nothing where a value belongs.
      else if (isNode(node)) checkNode(node, position === 'key', add);
    });
  }
  return problems;
}

type Add = (offset: number, message: string, got: string | null, help: string) => void;

function checkKey(key: unknown, add: Add): void {
  const offset = (key as Node | null)?.range?.[0] ?? 0;
  if (!isScalar(key) || typeof key.value !== 'string') {
    add(offset, 'a key that is not a text', isScalar(key) ? String(key.value) : null, 'write the key in quotes');
  } else if (key.value === '<<') {
    add(offset, 'a merge key', '<<', 'write the keys out');
  } else if (key.value === '__proto__') {
    add(offset, 'a key that means something to the runtime', '__proto__', 'use another name');
  }
}

function checkNode(node: Node, isKey: boolean, add: Add): void {
  const offset = node.range?.[0] ?? 0;
  if (isAlias(node)) {
    add(offset, 'an alias', `*${node.source}`, 'write the value out: a reviewer must see it where it counts');
    return;
  }
  const { anchor, tag } = node as { anchor?: string; tag?: string };
  if (anchor !== undefined) add(offset, 'an anchor', `&${anchor}`, 'write the value out where it is used');
  if (tag !== undefined) add(offset, 'a tag', tag, 'remove it');
  if (!isScalar(node) || typeof node.value !== 'string') return;
  // `on` is a key of watch rules. Keys are a closed list, so a reader that takes it for true refuses the file.
  const isOurs = isKey && node.value === 'on';
  if (node.type === 'PLAIN' && !isOurs && TRUTH_WORD.test(node.value)) {
    add(
      offset,
      'a word that some YAML readers take for a truth value',
      node.value,
      'write true or false, or put it in quotes',
    );
  }
  if (!node.value.isWellFormed()) add(offset, 'a lone surrogate', null, 'remove the escape');
}

/** YAML 1.1 read these as true or false; 1.2 reads them as text. */
const TRUTH_WORD = /^(?:yes|no|on|off)$/i;

function hasDirective(document: Document.Parsed): boolean {
  return document.directives?.yaml.explicit === true || Object.keys(document.directives?.tags ?? {}).length > 1;
}

const describe = (fault: YAMLError): string => `${fault.message.charAt(0).toLowerCase()}${fault.message.slice(1)}`;

const HELP_BY_CODE: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'keep one of the two: readers differ on which one counts',
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'keep one document in a file',
};
