import type { Principal } from '../identity/principal.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { hasOtherWay, type NameWay, waysOf } from '../json/fold-name.ts';
import type { PolicyBinding } from './policy-conditions.ts';

/** Why the arguments cannot be bound. In words for the caller; they hold names that the policy gives, and nothing of the caller's. */
export type BindFault = string;

/**
 * The arguments with what the policy fills in from the verified identity. A value that differs, in type or in one character, is a
 * fault: the agent does not say for whom it acts. So is a second name that a lax server could read for the bound one.
 */
export function bindArguments(
  args: JsonObject,
  principal: Principal,
  bindings: readonly PolicyBinding[],
): Result<JsonObject, BindFault> {
  let bound = args;
  for (const binding of bindings) {
    const value = principal[binding.from];
    const name = binding.path.join('.');
    if (value === null) return err(`It acts for a ${binding.from}, and you have none.`);
    const next = bindOne(bound, waysOf(binding.path), value);
    if (next === null) return err(`The argument ${name} is filled in from who you are. Leave it out.`);
    bound = next;
  }
  return ok(bound);
}

/** `null`: another value stands there, or something that the value cannot stand in. */
function bindOne(around: JsonObject, ways: readonly NameWay[], value: string): JsonObject | null {
  const [way, ...rest] = ways;
  if (way === undefined || hasOtherWay(around, way)) return null;
  const { name } = way;
  const present: Json | undefined = Object.hasOwn(around, name) ? around[name] : undefined;
  if (rest.length === 0) {
    if (present === undefined) return { __proto__: null, ...around, [name]: value } as unknown as JsonObject;
    return present === value ? around : null;
  }
  if (present !== undefined && !isJsonObject(present)) return null;
  const inner = bindOne(present ?? EMPTY, rest, value);
  if (inner === null || inner === present) return inner === null ? null : around;
  return { __proto__: null, ...around, [name]: inner } as unknown as JsonObject;
}

const EMPTY = Object.freeze(Object.create(null)) as JsonObject;
