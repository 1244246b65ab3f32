import type { AskRules } from '../../core/conversation/ask-rules.ts';
import type { AskKind } from '../../core/conversation/ask.ts';
import {
  type AskCapabilities,
  declareCapabilities,
  hasAny,
  parseHostCapabilities,
  sharedCapabilities,
} from '../../core/conversation/capabilities.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import { isJsonObject, type Json } from '../../core/json/value.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import type { HostError, RequestContext } from '../gateway.ts';
import { capabilityMissing } from '../host-errors.ts';
import type { UpstreamAnswer } from './call-upstream.ts';

/**
 * Of what a modern upstream misses (−32021): what this host could declare to be served, in our own words and not the upstream's, whose
 * error speaks of our leg. `null` where declaring it would make no difference, because the gateway never passes it on or the operator
 * does not let this upstream ask for it.
 */
export function missingCapability({ revision }: RequestContext, rules: AskRules, data: Json): HostError | null {
  if (!isModernRevision(revision) || !isJsonObject(data)) return null;
  const required = parseHostCapabilities(data.requiredCapabilities, revision);
  const allowed = sharedCapabilities(required, rules);
  const declared = declareCapabilities(allowed);
  const isEnough = hasAny(allowed) && canonicalJson(declared) === canonicalJson(declareCapabilities(required));
  return isEnough ? capabilityMissing(declared) : null;
}

/**
 * The same of a legacy upstream, which has no code for it: it asked for what it was told the host cannot do, and then failed. A call
 * that came to something all the same is left alone.
 */
export function declarationMissing(
  { revision }: RequestContext,
  undeclared: ReadonlySet<AskKind>,
  answer: UpstreamAnswer,
): HostError | null {
  const hasFailed = answer.ok && (answer.value.kind === 'rpc-error' || answer.value.isError);
  if (undeclared.size === 0 || !hasFailed || !isModernRevision(revision)) return null;
  const missing: AskCapabilities = {
    elicitationForm: undeclared.has('elicitation-form'),
    elicitationUrl: undeclared.has('elicitation-url'),
    sampling: undeclared.has('sampling'),
    samplingTools: false,
    roots: undeclared.has('roots'),
    apps: false,
  };
  return capabilityMissing(declareCapabilities(missing), 'It may have run in part: check before calling again.');
}
