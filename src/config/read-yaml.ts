import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type ParsedNode,
} from 'yaml';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { findTextTraps, findYamlTraps } from './yaml-traps.ts';

export type YamlPath = readonly (string | number)[];

/** A file that holds one plain YAML document, and where each part of it stands. */
export interface YamlFile {
  readonly name: string;
  readonly value: unknown;
  /** `policies/crm.yaml:12:5` of the value at the path, or of the nearest thing around it. */
  readonly placeOf: (path: YamlPath) => string;
  /** The same of one character of a text, by its index; of the beginning of the text where it is written in another way than it reads. */
  readonly placeInside: (path: YamlPath, index: number) => string;
  /** The same of the key, where the last step of the path is one. */
  readonly keyPlaceOf: (path: YamlPath) => string;
  /** The value as it was written, on one line and shortened; `null` where there is none. */
  readonly writtenAt: (path: YamlPath) => string | null;
}

/** Longer files than this are no configuration. */
export const YAML_BYTES_MAX: number = 1024 * 1024;
const WRITTEN_CHARS_MAX = 60;

/**
 * Reads the part of YAML 1.2 that means the same to every reader: no anchors, tags, merge keys, directives or second documents, no
 * key twice, no tabs, no words that some readers take for truth values, no characters that a reviewer cannot see.
 */
export function readYaml(name: string, bytes: Uint8Array): Result<YamlFile, readonly Problem[]> {
  if (bytes.length > YAML_BYTES_MAX) return err([whole(name, `is longer than ${YAML_BYTES_MAX} bytes`)]);
  const text = decode(bytes);
  if (text === null) return err([whole(name, 'is not UTF-8')]);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
  });
  const place = placer(name, lines);

  const problems = [...findTextTraps(text, place), ...findYamlTraps(documents, place)];
  if (problems.length > 0) return err(problems);
  const [document] = documents;
  if (document === undefined || document.contents === null) return err([whole(name, 'is empty')]);
  return ok(createYamlFile(name, text, document, place));
}

/** Names a place by its offset in the text. */
export type Placer = (offset: number) => string;

function placer(name: string, lines: LineCounter): Placer {
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
}

function createYamlFile(name: string, text: string, document: Document.Parsed, place: Placer): YamlFile {
  return {
    name,
    value: document.toJS(),
    placeOf(path) {
      const { node, key } = nodeAt(document, path);
      return place((isNode(node) && text.slice(node.range[0], node.range[1]) !== '' ? node : key)?.range[0] ?? 0);
    },
    placeInside(path, index) {
      const { node, key } = nodeAt(document, path);
      return place(offsetInside(text, node, index) ?? (node ?? key)?.range[0] ?? 0);
    },
    keyPlaceOf(path) {
      const { node, key } = nodeAt(document, path);
      return place((key ?? node)?.range[0] ?? 0);
    },
    writtenAt(path) {
      const { node, found } = nodeAt(document, path);
      if (!found || node === null) return null;
      const written = text.slice(node.range[0], node.range[1]).trim().replace(/\s+/g, ' ');
      if (written === '') return null;
      return written.length <= WRITTEN_CHARS_MAX ? written : `${written.slice(0, WRITTEN_CHARS_MAX - 1)}…`;
    },
  };
}

/**
 * Where the character of a text stands in the file. Walks along both: a line break and what indents the next line are one character of
 * the text, or none. `null` where they part, because of an escape.
 */
function offsetInside(source: string, node: ParsedNode | null, index: number): number | null {
  if (!isScalar(node) || typeof node.value !== 'string') return null;
  const { start, indent } = contentOf(source, node);
  let at = start;
  for (const character of node.value.slice(0, index)) {
    if (source[at] === character) at += character.length;
    else if (source[at] === '\n' && character === ' ') at += 1;
    else return null;
    if (source[at - 1] === '\n') at += Math.min(spacesAt(source, at), indent);
  }
  return at;
}

/** Where what is read begins, and how many spaces before each further line are not read. */
function contentOf(
  source: string,
  { type, range }: ParsedNode & { readonly type?: unknown },
): { readonly start: number; readonly indent: number } {
  const [start] = range;
  if (type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE') return { start: start + 1, indent: Infinity };
  if (type !== 'BLOCK_LITERAL' && type !== 'BLOCK_FOLDED') return { start, indent: Infinity };
  const line = source.indexOf('\n', start) + 1;
  const indent = spacesAt(source, line);
  return { start: line + indent, indent };
}

function spacesAt(source: string, at: number): number {
  let end = at;
  while (source[end] === ' ') end += 1;
  return end - at;
}

interface Found {
  readonly node: ParsedNode | null;
  readonly key: ParsedNode | null;
  /** `false`: the path ends before this; `node` is as far as it goes. */
  readonly found: boolean;
}

function nodeAt(document: Document.Parsed, path: YamlPath): Found {
  let node: ParsedNode | null = document.contents;
  let key: ParsedNode | null = null;
  for (const step of path) {
    if (isSeq(node) && typeof step === 'number') {
      const item: unknown = node.items[step];
      if (!isNode(item)) return { node, key, found: false };
      node = item as ParsedNode;
      key = null;
    } else if (isMap(node)) {
      const pair = node.items.find((each) => isPair(each) && String(each.key) === String(step));
      if (pair === undefined) return { node, key, found: false };
      key = pair.key;
      node = pair.value;
    } else {
      return { node, key, found: false };
    }
  }
  return { node, key, found: true };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function whole(name: string, message: string): Problem {
  return { severity: 'error', place: name, subject: 'file', message, got: null, help: null };
}
