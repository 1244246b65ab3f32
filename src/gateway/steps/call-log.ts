import { maskKnownSecrets } from '../../core/content/mask-secrets.ts';
import { redactJson } from '../../core/content/redact-json.ts';
import { redactionMarker } from '../../core/content/redact-text.ts';
import { prepareDuties } from '../../core/content/shape/prepare-duties.ts';
import type { ResultDuties } from '../../core/content/shape/result-duties.ts';
import { visibleText } from '../../core/content/visible-text.ts';
import type { Json } from '../../core/json/value.ts';
import { isLogWanted } from '../../core/mcp/log-level.ts';
import type { UpstreamCall } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';
import type { GovernedCall } from '../governed-call.ts';
import { detectorsFor, inspectText } from './inspect-result.ts';

const LOGGER_CHARS_MAX = 128;
const DATA_CHARS_MAX = 8 * 1024;

/**
 * The way of log messages from an upstream to the host of a call; `null` where the host asked for none, or the operator does not let this
 * upstream send any. They reach a model as easily as a result does, so they are short and hold no credential of the gateway.
 */
export function createCallLog(deps: CallDeps, { call, target, decision }: GovernedCall): UpstreamCall['log'] {
  const { logLevel } = call.context;
  const { upstream } = target.ref;
  if (logLevel === null || !deps.askRules(upstream).logging) return null;
  return {
    level: logLevel,
    onMessage({ level, logger, data }) {
      if (!isLogWanted(level, logLevel)) return;
      const name = logger === null ? upstream : `${upstream}/${visibleText(logger.slice(0, LOGGER_CHARS_MAX))}`;
      const shown = shownData(deps, data, decision.result);
      call.stream.log({ level, logger: inspectText(deps, name, decision.result) ?? upstream, data: shown });
    },
  };
}

function shownData(deps: CallDeps, data: Json, duties: ResultDuties | null): Json {
  if (typeof data === 'string')
    return inspectText(deps, data.slice(0, DATA_CHARS_MAX).toWellFormed(), duties) ?? WITHHELD;
  const text = JSON.stringify(data);
  if (text.length > DATA_CHARS_MAX) return '[left out: too long]';
  const prepared = duties === null ? null : prepareDuties(duties);
  // Only results have fields.
  if (prepared !== null && prepared.picker !== null) return WITHHELD;
  const masked = maskKnownSecrets([Buffer.from(text)], deps.knownSecrets);
  const { json } = redactJson(masked, prepared === null ? deps.resultDetectors : detectorsFor(deps, prepared));
  return JSON.parse(Buffer.concat(json).toString()) as Json;
}

const WITHHELD = redactionMarker('withheld');
