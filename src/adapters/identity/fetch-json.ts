import { Buffer } from 'node:buffer';
import { request } from 'undici';
import type { JsonLimits } from '../../core/json/limits.ts';
import { readJson } from '../../core/json/read-json.ts';
import type { Json } from '../../core/json/value.ts';
import { type Result, err, ok } from '../../core/result.ts';

/**
 * GETs a JSON document of an issuer. Redirects are not followed: a redirect is how a public host sends us to an internal one. Never
 * throws; the error is for an operator and holds nothing of the answer.
 */
export async function fetchJson(url: string, limits: JsonLimits, deadline: AbortSignal): Promise<Result<Json, string>> {
  try {
    const { statusCode, body } = await request(url, {
      signal: deadline,
      headers: { accept: 'application/json, application/jwk-set+json' },
    });
    // A body that is given up reports that as an error, which nobody else would listen to.
    body.on('error', () => undefined);
    const bytes = statusCode === 200 ? await readAtMost(body, limits.bytesMax) : null;
    if (bytes === null) {
      body.destroy();
      return err(statusCode === 200 ? 'the answer is too large' : `answered with status ${statusCode}`);
    }
    const json = readJson(bytes, limits);
    return json.ok ? ok(json.value) : err(`the answer is not acceptable JSON: ${json.error.kind}`);
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    return err(`no answer: ${String(code ?? name)}`);
  }
}

async function readAtMost(body: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
