import { visibleText } from '../content/visible-text.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { isElicitationId } from '../mcp/notices.ts';
import { type Result, err, ok } from '../result.ts';
import type { Ask, AskKind, AskRefusal } from './ask.ts';
import { type AskRules, isHostAllowed } from './ask-rules.ts';
import type { AskCapabilities } from './capabilities.ts';
import { asksForSecret, checkForm, holdsUrl } from './check-form.ts';
import { checkSampling } from './check-sampling.ts';

/** What an upstream asks, as it came. */
export interface RawAsk {
  readonly method: string;
  readonly params: JsonObject | null;
}

export interface AskContext {
  /** The operator's name for the upstream: what people are told is asking. */
  readonly upstream: string;
  readonly rules: AskRules;
  /** What was declared to the upstream for this call. */
  readonly declared: AskCapabilities;
}

/** The canonical text of a question. Sampling may carry a picture; nothing else comes near this. */
const ASK_CHARS_MAX = 1024 * 1024;
const MESSAGE_CHARS_MAX = 2000;
const URL_CHARS_MAX = 2048;

/**
 * The one check between an upstream and a person or their model. What passes is made anew from the members that are known, so nothing
 * else rides along: no context of other servers, no `_meta`, no task.
 *
 * Stops asking for secrets in a form, sending people to other places, and passing for the gateway (2025-11-25, "Elicitation", "Security
 * Considerations"; "Sampling").
 */
export function checkAsk(raw: RawAsk, context: AskContext): Result<Ask, AskRefusal> {
  const kind = askKindOf(raw);
  if (kind === null) return err('unknown-method');
  if (!isAskOn(context.rules, kind)) return err('not-allowed');
  if (!isAskOn(context.declared, kind)) return err('not-declared');
  const params = raw.params ?? {};
  if (canonicalJson(params).length > ASK_CHARS_MAX) return err('too-large');
  switch (kind) {
    case 'roots':
      return ok({ kind, method: 'roots/list', params: {} });
    case 'sampling': {
      const checked = checkSampling(params, context.declared.samplingTools);
      return checked.ok ? ok({ kind, method: 'sampling/createMessage', params: checked.value }) : checked;
    }
    case 'elicitation-form':
    case 'elicitation-url':
      return checkElicitation(kind, params, context);
  }
}

export function askKindOf({ method, params }: RawAsk): AskKind | null {
  switch (method) {
    case 'roots/list':
      return 'roots';
    case 'sampling/createMessage':
      return 'sampling';
    case 'elicitation/create':
      return params?.mode === 'url' ? 'elicitation-url' : 'elicitation-form';
    default:
      return null;
  }
}

/** Whether questions of this kind are among these. */
export function isAskOn(capabilities: AskCapabilities, kind: AskKind): boolean {
  switch (kind) {
    case 'roots':
      return capabilities.roots;
    case 'sampling':
      return capabilities.sampling;
    case 'elicitation-form':
      return capabilities.elicitationForm;
    case 'elicitation-url':
      return capabilities.elicitationUrl;
  }
}

function checkElicitation(
  kind: 'elicitation-form' | 'elicitation-url',
  params: JsonObject,
  context: AskContext,
): Result<Ask, AskRefusal> {
  const { message, mode } = params;
  if (typeof message !== 'string') return err('malformed');
  if (message.length > MESSAGE_CHARS_MAX) return err('too-large');
  // People must see who asks: without this, a server can pass for the gateway or for another server.
  const labelled = `[${context.upstream}] ${visibleText(message)}`;
  const made = { kind, method: 'elicitation/create' } as const;
  if (kind === 'elicitation-url') {
    const url = checkUrl(params.url, context.rules.elicitationUrlHosts);
    if (!url.ok) return url;
    const page = isElicitationId(params.elicitationId) ? { elicitationId: params.elicitationId } : {};
    return ok({ ...made, params: { mode: 'url', message: labelled, url: url.value }, ...page });
  }
  if (mode !== undefined && mode !== 'form') return err('malformed');
  if (asksForSecret(message)) return err('asks-for-secret');
  if (holdsUrl(message)) return err('url-in-form');
  const schema = checkForm(params.requestedSchema);
  return schema.ok ? ok({ ...made, params: { message: labelled, requestedSchema: schema.value } }) : schema;
}

function checkUrl(text: Json | undefined, hosts: readonly string[]): Result<string, AskRefusal> {
  if (typeof text !== 'string' || text.length > URL_CHARS_MAX) return err('malformed');
  const url = URL.parse(text);
  if (url === null) return err('malformed');
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return err('url-not-https');
  // As the host will open it: what a URL parser makes of it, not what it looks like.
  return isHostAllowed(url.hostname, hosts) ? ok(url.href) : err('url-host-not-allowed');
}
