import type { JsonObject } from '../../json/value.ts';
import { err, ok, type Result } from '../../result.ts';
import { type Leaf, parseLeaf } from '../encode-entry.ts';
import type { AuditEntry } from '../entry.ts';
import { ENTRY_SHAPES } from './entry-shapes.ts';
import type { FieldShape } from './field-shapes.ts';

export interface FormFault {
  readonly expected: string;
  readonly got: string;
}

/** The leaf of a text, whatever its entry is; and its entry, where it is one that this version of the gateway records. */
export interface ReadLeaf {
  readonly leaf: Leaf;
  readonly entry: Result<AuditEntry, FormFault>;
}

/** Strict JSON in its canonical form, with the fields of a kind, all of them and no others. The payload is not among them. */
export function checkForm(text: string): Result<ReadLeaf, FormFault> {
  const leaf = parseLeaf(text);
  if (!leaf.ok) return fault('an entry in canonical JSON', leaf.error.detail);
  return ok({ leaf: leaf.value, entry: checkFields(leaf.value.entry) });
}

function checkFields(entry: JsonObject): Result<AuditEntry, FormFault> {
  const kind = entry['kind'] as string;
  const shapes = SHAPES.get(kind);
  if (shapes === undefined) return fault('a kind of entry that this version knows', `the kind ${kind}`);
  const surplus = Object.keys(entry).find((name) => name !== 'kind' && !shapes.has(name));
  if (surplus !== undefined) return fault(`the fields of a ${kind} entry`, `a field ${surplus} as well`);
  for (const [name, shape] of shapes) {
    const value = entry[name];
    if (value === undefined) return fault(`a field ${name} in a ${kind} entry`, 'none');
    if (!shape.fits(value)) return fault(`${shape.name} as ${name}`, JSON.stringify(value).slice(0, GOT_CHARS_MAX));
  }
  return ok(entry as unknown as AuditEntry);
}

const GOT_CHARS_MAX = 200;

const SHAPES: ReadonlyMap<string, ReadonlyMap<string, FieldShape<never>>> = new Map(
  Object.entries(ENTRY_SHAPES).map(([kind, shapes]) => [
    kind,
    new Map(Object.entries<FieldShape<never>>(shapes as Readonly<Record<string, FieldShape<never>>>)),
  ]),
);

function fault(expected: string, got: string): Result<never, FormFault> {
  return err({ expected, got });
}
