import { visibleText } from '../../core/content/visible-text.ts';
import { holdsMarker } from '../../core/content/redact-text.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { CompiledPolicy } from '../../core/policy/compile-policy.ts';
import { FAULTS_MAX, type SchemaFault } from '../../core/schema/check.ts';
import { type CheckValue, compileSchema } from '../../core/schema/compile-schema.ts';
import { findUndeclared } from '../../core/schema/find-undeclared.ts';
import { ok, type Result } from '../../core/result.ts';
import type { GovernedCall } from '../governed-call.ts';
import type { LoadedDefinition } from './resolve-target.ts';

/** Why arguments are not sent, whatever the policy says of them. */
export interface ArgumentsFault {
  readonly code: 'arguments_invalid' | 'arguments_undeclared' | 'arguments_redacted' | 'schema_unusable';
  /** What is wrong, one thing each, for whoever sent them. Hold names, and no values. */
  readonly faults: readonly string[];
}

type CheckedCall = Pick<GovernedCall, 'target' | 'decision' | 'argumentsJson'> & {
  readonly call: { readonly args: JsonObject };
  readonly policy: CompiledPolicy;
  /** As the host sent them: what the policy fills in need not be declared. */
  readonly sent: JsonObject;
};

/**
 * The arguments of a tool, against the definition that is pinned. After the policy has filled in what it binds: a schema may ask for it.
 * `null`: nothing is wrong with them.
 */
export function checkArguments(
  { call, target, decision, argumentsJson, policy, sent }: CheckedCall,
  { definition }: LoadedDefinition,
): ArgumentsFault | null {
  if (target.ref.kind !== 'tool') return null;
  const misfit = checkSchema(definition, call.args);
  if (misfit !== null) return misfit;
  if (decision.class === 'read') return null;
  // A model that writes back what it read would put our marker in the place of the value that it never saw.
  if (holdsMarker(argumentsJson)) return { code: 'arguments_redacted', faults: [] };
  if (!policy.refusesUndeclared.has(target.ref.upstream)) return null;
  const undeclared = findUndeclared(definition['inputSchema'], sent, FAULTS_MAX);
  return undeclared.length === 0 ? null : { code: 'arguments_undeclared', faults: undeclared.map(shown) };
}

/** `null`: they fit, or the schema says nothing. */
export function checkSchema(definition: JsonObject, args: JsonObject): ArgumentsFault | null {
  const checking = compiled(definition);
  if (!checking.ok) return { code: 'schema_unusable', faults: [`It ${checking.error}`] };
  const faults = checking.value === null ? [] : checking.value(args);
  return faults.length === 0 ? null : { code: 'arguments_invalid', faults: faults.map(faultText) };
}

/** A definition is the same object for as long as it is remembered. */
const COMPILED = new WeakMap<JsonObject, Result<CheckValue | null, string>>();

function compiled(definition: JsonObject): Result<CheckValue | null, string> {
  const known = COMPILED.get(definition);
  if (known !== undefined) return known;
  const { inputSchema } = definition;
  const checking = inputSchema === undefined ? ok(null) : compileSchema(inputSchema);
  COMPILED.set(definition, checking);
  return checking;
}

const TEXT_CHARS_MAX = 300;
const shown = (text: string): string => visibleText(text.slice(0, TEXT_CHARS_MAX).toWellFormed());

function faultText({ place, text }: SchemaFault): string {
  return shown(place === '' ? text : `${place} ${text}`);
}
