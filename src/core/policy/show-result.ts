import { SECRET_DETECTORS } from '../content/detectors/built-in.ts';
import { redactJson } from '../content/redact-json.ts';
import { fitResult } from '../content/shape/fit-result.ts';
import { prepareDuties } from '../content/shape/prepare-duties.ts';
import type { ResultDuties } from '../content/shape/result-duties.ts';
import { encodePart, partText } from '../content/shape/result-parts.ts';
import { shapeResult } from '../content/shape/shape-result.ts';
import type { JsonObject } from '../json/value.ts';

/**
 * A result as a host would see it under these duties, for tests of policies: fields first, then credentials and data of the classes that are
 * named, then the length, as the gateway does it. The output schema of a tool, which can take away more, is not known here.
 */
export function showResult(duties: ResultDuties | null, result: JsonObject): JsonObject {
  const { picker, detectors } = duties === null ? { picker: null, detectors: [] } : prepareDuties(duties);
  const given = [encodePart(result)];
  const shaped = picker === null ? given : [...finish(shapeResult(given, picker))];
  const { json } = redactJson(shaped, [...new Set([...SECRET_DETECTORS, ...detectors])]);
  const untrusted = duties?.untrusted === true ? { source: 'the upstream', mark: 'test' } : null;
  const fitted = fitResult(json, { bytesMax: duties?.bytesMax ?? null, untrusted });
  return JSON.parse(fitted.json.map(partText).join('')) as JsonObject;
}

function finish(shaping: ReturnType<typeof shapeResult>): readonly Uint8Array[] {
  for (;;) {
    const { done, value } = shaping.next();
    if (done === true) return value.json;
  }
}
