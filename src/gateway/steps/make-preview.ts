import type { Approval } from '../../core/approval/approval.ts';
import type { ApprovalPreview } from '../../core/approval/preview.ts';
import { recordChanges } from '../../core/approval/record-changes.ts';
import { renderArguments, type TemplateFacts } from '../../core/approval/template.ts';
import { redactArguments } from '../../core/content/redact-arguments.ts';
import { NO_CAPABILITIES } from '../../core/conversation/capabilities.ts';
import { readJson } from '../../core/json/read-json.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json/value.ts';
import type { PolicyPreview } from '../../core/policy/policy-file.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall, RequestContext } from '../gateway.ts';
import type { GovernedCall } from '../governed-call.ts';
import { SILENT_STREAM } from '../silent-stream.ts';
import type { CallAnswer } from './call-with-approval.ts';

/** Hands a call to the pipeline, from its beginning. */
export type RunCall = (call: HostCall) => Promise<CallAnswer>;

/** What of a call says which record it would change, and for whom that is read. */
export interface PreviewedCall extends Pick<GovernedCall, 'decision' | 'target'> {
  readonly call: {
    readonly args: JsonObject;
    readonly context: Pick<RequestContext, 'principal' | 'revision' | 'traceparent'> &
      Partial<Pick<RequestContext, 'callId' | 'hostName'>>;
  };
}

const PREVIEW_MS_MAX = 10_000;
const RECORD_BYTES_MAX = 256 * 1024;
const RECORD_LIMITS = { bytesMax: RECORD_BYTES_MAX, depthMax: 32, keysMax: 10_000, itemsMax: 10_000 };

/**
 * Reads the record that a call would change, for its approver. The read is a call of the requester's own, so it takes the way of every
 * call: decided, limited, redacted and recorded. Whatever becomes of it, the approval stands as it is.
 */
export async function makePreview(
  deps: CallDeps,
  previewed: PreviewedCall,
  approval: Approval,
  run: RunCall,
): Promise<void> {
  const wanted = wantedPreview(previewed);
  if (wanted === null) return;
  try {
    const preview = await deps.previews.make(() => readRecord(deps, previewed, approval, wanted, run));
    await deps.approvals.keepPreview(
      approval.id,
      preview ?? noPreview(deps, 'unavailable', 'too many records are being read'),
    );
  } catch (error) {
    deps.report({
      callId: previewed.call.context.callId ?? null,
      problem: 'the preview of an approval could not be made',
      error,
    });
  }
}

/** `null`: the rule has no record read. */
export function wantedPreview({ decision }: Pick<PreviewedCall, 'decision'>): PolicyPreview | null {
  return decision.effect === 'approve' ? decision.terms.preview : null;
}

async function readRecord(
  deps: CallDeps,
  { call, target }: PreviewedCall,
  approval: Approval,
  wanted: PolicyPreview,
  run: RunCall,
): Promise<ApprovalPreview> {
  const { principal } = call.context;
  const args = renderArguments(wanted.args, { args: call.args, principal });
  if (!isJsonObject(args ?? undefined)) return noPreview(deps, 'failed', 'an argument that the read needs is missing');
  const callId = deps.ids.next('call');
  const answer = await run({
    context: {
      ...call.context,
      callId,
      endpoint: { kind: 'one', upstream: target.ref.upstream },
      capabilities: NO_CAPABILITIES,
      logLevel: null,
      signal: AbortSignal.timeout(PREVIEW_MS_MAX),
    },
    kind: 'tool',
    exposedName: wanted.tool,
    args: args as HostCall['args'],
    stream: SILENT_STREAM,
    continuation: null,
    previewOf: approval.id,
  });
  const made = { ...noPreview(deps, 'failed', ''), callId };
  if (answer.kind !== 'result') return { ...made, note: 'the read was not answered' };
  const record = readAnswer(answer.json);
  if (typeof record === 'string') return { ...made, note: record };
  const facts: TemplateFacts = { args: redactArguments(call.args, deps.knownSecrets), principal };
  return { ...made, status: 'ready', ...recordChanges(record.value, facts, wanted.set) };
}

/** Why there is no record to see, in our words. */
export function noPreview(
  deps: Pick<CallDeps, 'clock'>,
  status: 'failed' | 'unavailable',
  note: string,
): ApprovalPreview {
  return { status, atMs: deps.clock.nowMs(), callId: null, note, changes: [], unchanged: [] };
}

/** The record, or why there is none. What an error says stays with whoever asked for it: it is for the requester. */
function readAnswer(json: readonly Uint8Array[]): { readonly value: Json } | string {
  const bytes = Buffer.concat(json);
  if (bytes.length > RECORD_BYTES_MAX) return 'the record is too large to be shown';
  const result = readJson(bytes, RECORD_LIMITS);
  if (!result.ok || !isJsonObject(result.value)) return 'the record cannot be read';
  const { isError, structuredContent, content } = result.value;
  if (isError === true) return 'the read was denied, or ended in an error';
  if (structuredContent !== undefined) return { value: structuredContent };
  const [first] = content !== undefined && isJsonArray(content) ? content : [];
  const text = isJsonObject(first) && typeof first['text'] === 'string' ? first['text'] : null;
  if (text === null) return 'the read gave no text';
  const parsed = readJson(Buffer.from(text), RECORD_LIMITS);
  return { value: parsed.ok ? parsed.value : text };
}
