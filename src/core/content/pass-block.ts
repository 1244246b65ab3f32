import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { passedAppMeta } from './passed-app.ts';
import { isLinkPassed } from './passed-link.ts';
import { isMetaKeyPassed, type PassRules } from './pass-rules.ts';

/** What stands in place of a link that a host must not follow. */
const LINK_LEFT_OUT: JsonObject = { type: 'text', text: '[The gateway left out a link here.]' };
/** Of a page, in any spelling. */
const APP_PROFILE = /profile\s*=\s*"?mcp-app/i;

/** An item of the `content` of a tool, or the content of a message of a prompt, as a host may see it. */
export function passBlock(block: Json, rules: PassRules): Json {
  if (!isJsonObject(block)) return block;
  if (block['type'] === 'resource_link') {
    const { uri } = block;
    return typeof uri === 'string' && isLinkPassed(uri, rules) ? withPassedMeta(block, rules) : LINK_LEFT_OUT;
  }
  if (block['type'] !== 'resource') return withPassedMeta(block, rules);
  const { resource } = block;
  if (!isJsonObject(resource) || typeof resource['uri'] !== 'string') return LINK_LEFT_OUT;
  const { uri, text } = resource;
  if (isLinkPassed(uri, rules)) return { ...withPassedMeta(block, rules), resource: passContents(resource, rules) };
  // The text is what was asked for, and the address what the host could be led to. A page is nothing without a host that shows it.
  return typeof text === 'string' && !/^ui:/i.test(uri) ? { type: 'text', text } : LINK_LEFT_OUT;
}

/** A message of a prompt. */
export function passMessage(message: Json, rules: PassRules): Json {
  if (!isJsonObject(message)) return message;
  const { content } = message;
  if (content === undefined) return withPassedMeta(message, rules);
  const passed = isJsonArray(content) ? content.map((block) => passBlock(block, rules)) : passBlock(content, rules);
  return { ...withPassedMeta(message, rules), content: passed };
}

/** An item of the `contents` of a resource. */
export function passContents(contents: Json, rules: PassRules): Json {
  if (!isJsonObject(contents)) return contents;
  const { _meta: meta, mimeType, ...rest } = contents;
  const isApp = typeof mimeType === 'string' && APP_PROFILE.test(mimeType);
  const ui = rules.apps && isJsonObject(meta) ? passedAppMeta(meta['ui'], rules) : null;
  const kept = { ...passedMeta(meta, rules), ...(ui !== null && { ui }) };
  return {
    ...rest,
    ...(mimeType !== undefined && (rules.apps || !isApp) && { mimeType }),
    ...(Object.keys(kept).length > 0 && { _meta: kept }),
  };
}

/** Of a `_meta`, only what the operator lets through. Everything of the protocol in there belongs to the other leg. */
export function passedMeta(meta: Json | undefined, rules: PassRules): JsonObject {
  if (!isJsonObject(meta) || rules.metaKeys.length === 0) return {};
  return Object.fromEntries(Object.entries(meta).filter(([key]) => isMetaKeyPassed(key, rules)));
}

function withPassedMeta(object: JsonObject, rules: PassRules): JsonObject {
  const { _meta: meta, icons: _icons, ...rest } = object;
  const kept = passedMeta(meta, rules);
  return Object.keys(kept).length === 0 ? rest : { ...rest, _meta: kept };
}
