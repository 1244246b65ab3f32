import { type Json, type JsonObject, createJsonObject, isJsonArray, isJsonObject } from '../json/value.ts';
import type { Ask } from './ask.ts';

const ROOTS_MAX = 100;
const TEXT_CHARS_MAX = 100_000;
const MODEL_CHARS_MAX = 256;

/**
 * The answer of a host to a question, made anew from what the question allows; `null` where it is none. What was not asked for is left
 * out, so a host cannot slip an upstream more than the person was shown.
 */
export function checkAskAnswer(ask: Ask, answer: Json | undefined): JsonObject | null {
  if (!isJsonObject(answer)) return null;
  switch (ask.kind) {
    case 'elicitation-form':
      return formAnswer(ask, answer);
    case 'elicitation-url':
      return isAction(answer.action) ? { action: answer.action } : null;
    case 'sampling':
      return samplingAnswer(answer);
    case 'roots':
      return rootsAnswer(answer);
  }
}

const isAction = (action: Json | undefined): action is 'accept' | 'decline' | 'cancel' =>
  action === 'accept' || action === 'decline' || action === 'cancel';

function formAnswer(ask: Ask, answer: JsonObject): JsonObject | null {
  const { action, content } = answer;
  if (!isAction(action)) return null;
  if (action !== 'accept') return { action };
  const schema = ask.params['requestedSchema'] as JsonObject;
  const fields = schema['properties'] as JsonObject;
  const required = (schema['required'] ?? []) as readonly string[];
  const given = content === undefined ? createJsonObject() : content;
  if (!isJsonObject(given)) return null;
  const made = createJsonObject();
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    if (IS_OF_TYPE.get((field as JsonObject)['type'] ?? null)?.(value) !== true) return null;
    made[name] = value;
  }
  return required.every((name) => made[name] !== undefined) ? { action, content: made } : null;
}

const isText = (value: Json): boolean => typeof value === 'string' && value.length <= TEXT_CHARS_MAX;

const IS_OF_TYPE: ReadonlyMap<Json, (value: Json) => boolean> = new Map<Json, (value: Json) => boolean>([
  ['string', isText],
  ['integer', Number.isSafeInteger],
  ['number', (value) => typeof value === 'number'],
  ['boolean', (value) => typeof value === 'boolean'],
  ['array', (value) => isJsonArray(value) && value.every(isText)],
]);

function samplingAnswer({ role, content, model, stopReason }: JsonObject): JsonObject | null {
  if (role !== 'assistant' && role !== 'user') return null;
  if (typeof model !== 'string' || model.length > MODEL_CHARS_MAX) return null;
  if (content === undefined || !(isJsonArray(content) ? content.every(isJsonObject) : isJsonObject(content)))
    return null;
  return { role, content, model, ...(typeof stopReason === 'string' && { stopReason }) };
}

function rootsAnswer({ roots }: JsonObject): JsonObject | null {
  if (roots === undefined || !isJsonArray(roots) || roots.length > ROOTS_MAX) return null;
  const made: Json[] = [];
  for (const root of roots) {
    if (!isJsonObject(root) || typeof root.uri !== 'string' || !root.uri.startsWith('file://')) return null;
    made.push({ uri: root.uri, ...(typeof root.name === 'string' && { name: root.name }) });
  }
  return { roots: made };
}
