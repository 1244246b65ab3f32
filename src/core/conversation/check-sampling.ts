import { type Json, type JsonObject, createJsonObject, isJsonArray, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import type { AskRefusal } from './ask.ts';

const MESSAGES_MAX = 100;
const BLOCKS_MAX = 100;
const TOOLS_MAX = 64;
const SYSTEM_PROMPT_CHARS_MAX = 16_384;

/**
 * The parameters of `sampling/createMessage`, made anew. `includeContext` is left out, because it would hand one server what others
 * said, and so is `metadata`, which is for whoever runs the model.
 */
export function checkSampling(params: JsonObject, mayUseTools: boolean): Result<JsonObject, AskRefusal> {
  const messages = checkMessages(params.messages, mayUseTools);
  if (!messages.ok) return messages;
  const { maxTokens, tools } = params;
  if (typeof maxTokens !== 'number' || !Number.isSafeInteger(maxTokens) || maxTokens < 1) return err('malformed');
  const made = createJsonObject();
  made['messages'] = messages.value;
  made['maxTokens'] = maxTokens;
  for (const [name, isAcceptable] of OPTIONS) {
    const value = params[name];
    if (value === undefined) continue;
    if (!isAcceptable(value)) return err('malformed');
    made[name] = value;
  }
  if (tools === undefined && params.toolChoice === undefined) return ok(made);
  if (!mayUseTools) return err('not-declared');
  if (!isJsonArray(tools ?? []) || !(tools as readonly Json[]).every(isJsonObject)) return err('malformed');
  if ((tools as readonly Json[]).length > TOOLS_MAX) return err('too-large');
  made['tools'] = (tools as readonly JsonObject[]).map(plainTool);
  if (isJsonObject(params.toolChoice)) made['toolChoice'] = { mode: params.toolChoice.mode ?? 'auto' };
  return ok(made);
}

const OPTIONS: readonly (readonly [string, (value: Json) => boolean])[] = [
  ['systemPrompt', (value) => typeof value === 'string' && value.length <= SYSTEM_PROMPT_CHARS_MAX],
  ['temperature', (value) => typeof value === 'number'],
  [
    'stopSequences',
    (value) => isJsonArray(value) && value.length <= 16 && value.every((item) => typeof item === 'string'),
  ],
  ['modelPreferences', isJsonObject],
];

/** Content that a message may hold; tools of the upstream's own only where they were declared. */
const BLOCKS: ReadonlySet<Json | undefined> = new Set(['text', 'image', 'audio']);
const TOOL_BLOCKS: ReadonlySet<Json | undefined> = new Set(['tool_use', 'tool_result']);

function checkMessages(messages: Json | undefined, mayUseTools: boolean): Result<Json, AskRefusal> {
  if (messages === undefined || !isJsonArray(messages) || messages.length === 0) return err('malformed');
  if (messages.length > MESSAGES_MAX) return err('too-large');
  const made: Json[] = [];
  for (const message of messages) {
    if (!isJsonObject(message) || (message.role !== 'user' && message.role !== 'assistant')) return err('malformed');
    const { role, content = null } = message;
    const blocks = isJsonArray(content) ? content : [content];
    if (blocks.length > BLOCKS_MAX) return err('too-large');
    const isKnown = (block: Json): boolean =>
      isJsonObject(block) && (BLOCKS.has(block.type) || (mayUseTools && TOOL_BLOCKS.has(block.type)));
    if (!blocks.every(isKnown)) return err('malformed');
    made.push({ role, content: isJsonArray(content) ? content.map(withoutMeta) : withoutMeta(content) });
  }
  return ok(made);
}

function plainTool({ name = '', description, inputSchema = {} }: JsonObject): JsonObject {
  return { name, ...(description !== undefined && { description }), inputSchema };
}

function withoutMeta(block: Json): Json {
  if (!isJsonObject(block) || block._meta === undefined) return block;
  const { _meta, ...rest } = block;
  return rest;
}
