import type { JsonLimits } from '../../core/json/limits.ts';
import { readJson } from '../../core/json/read-json.ts';
import type { Json } from '../../core/json/value.ts';
import { type Result, err, ok } from '../../core/result.ts';
import type { DocumentFetcher, DocumentRequest } from '../../ports/document-fetcher.ts';

/** JSON documents of an issuer, all to be had before one deadline. */
export interface JsonDocuments {
  fetch(url: string, chosenBy: DocumentRequest['chosenBy']): Promise<Result<Json, string>>;
}

export function createJsonDocuments(fetcher: DocumentFetcher, limits: JsonLimits, timeoutMs: number): JsonDocuments {
  const deadline = AbortSignal.timeout(timeoutMs);
  return {
    async fetch(url, chosenBy) {
      const accept = 'application/json, application/jwk-set+json';
      const bytes = await fetcher.fetch({ url, accept, bytesMax: limits.bytesMax, deadline, chosenBy });
      if (!bytes.ok) return bytes;
      const json = readJson(bytes.value, limits);
      return json.ok ? ok(json.value) : err(`the answer is not acceptable JSON: ${json.error.kind}`);
    },
  };
}
