import type { TargetKind } from '../catalog/target.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { invalidParams, type RpcError } from './errors.ts';
import { NO_ARGUMENTS, parseCallMeta, type ToolCallParams } from './tool-params.ts';

/** All that is taken from the parameters of a request that reaches an upstream. */
export interface CallParams extends ToolCallParams {
  readonly kind: TargetKind;
}

const NAME_LENGTH_MAX = 128;
const URI_LENGTH_MAX = 2048;
const VALUE_LENGTH_MAX = 4096;

/** Reads the parameters of `resources/read`. */
export function parseReadParams(params: JsonObject | null): Result<CallParams, RpcError> {
  const name = parseText('uri', params?.uri, URI_LENGTH_MAX);
  if (!name.ok) return name;
  return withMeta(params, { kind: 'resource', name: name.value, args: NO_ARGUMENTS });
}

/** Reads the parameters of `prompts/get`. Arguments are texts (MCP, "GetPromptRequest"). */
export function parsePromptParams(params: JsonObject | null): Result<CallParams, RpcError> {
  const name = parseText('name', params?.name, NAME_LENGTH_MAX);
  if (!name.ok) return name;
  const args = params?.arguments ?? NO_ARGUMENTS;
  if (!isTexts(args)) return err(invalidParams('arguments must be an object of strings'));
  return withMeta(params, { kind: 'prompt', name: name.value, args });
}

/** Reads the parameters of `completion/complete`. The arguments are what is completed, and what was chosen before it. */
export function parseCompletionParams(params: JsonObject | null): Result<CallParams, RpcError> {
  const { ref, argument, context } = params ?? NO_ARGUMENTS;
  if (!isJsonObject(ref)) return err(invalidParams('ref must be an object'));
  const isPrompt = ref.type === 'ref/prompt';
  if (!isPrompt && ref.type !== 'ref/resource')
    return err(invalidParams('ref.type must be ref/prompt or ref/resource'));
  const name = isPrompt
    ? parseText('ref.name', ref.name, NAME_LENGTH_MAX)
    : parseText('ref.uri', ref.uri, URI_LENGTH_MAX);
  if (!name.ok) return name;

  if (!isJsonObject(argument)) return err(invalidParams('argument must be an object'));
  const of = parseText('argument.name', argument.name, NAME_LENGTH_MAX);
  if (!of.ok) return of;
  const { value } = argument;
  if (typeof value !== 'string' || value.length > VALUE_LENGTH_MAX) {
    return err(invalidParams(`argument.value must be a string of at most ${VALUE_LENGTH_MAX} characters`));
  }
  const chosen = isJsonObject(context) ? (context.arguments ?? NO_ARGUMENTS) : (context ?? NO_ARGUMENTS);
  if (!isTexts(chosen)) return err(invalidParams('context.arguments must be an object of strings'));
  const hasChosen = Object.keys(chosen).length > 0;
  const args = { argument: { name: of.value, value }, ...(hasChosen && { context: { arguments: chosen } }) };
  return withMeta(params, { kind: isPrompt ? 'prompt-argument' : 'template-argument', name: name.value, args });
}

function withMeta(
  params: JsonObject | null,
  call: Pick<CallParams, 'kind' | 'name' | 'args'>,
): Result<CallParams, RpcError> {
  const meta = parseCallMeta(params?._meta);
  return meta.ok ? ok({ ...call, ...meta.value }) : meta;
}

function parseText(what: string, value: Json | undefined, lengthMax: number): Result<string, RpcError> {
  if (typeof value === 'string' && value !== '' && value.length <= lengthMax) return ok(value);
  return err(invalidParams(`${what} must be a string of 1 to ${lengthMax} characters`));
}

function isTexts(value: Json): value is JsonObject {
  return isJsonObject(value) && Object.values(value).every((each) => typeof each === 'string');
}
