import type { Ask } from '../core/conversation/ask.ts';
import { checkAskAnswer } from '../core/conversation/check-ask-answer.ts';
import { isJsonObject, type JsonObject } from '../core/json/value.ts';
import type { AskAnswer } from './gateway.ts';

/** An answer to every question; `null` where one is missing or none, and the host must be asked again. What was not asked is dropped. */
export function readAnswers(
  asks: ReadonlyMap<string, Ask>,
  responses: JsonObject,
): ReadonlyMap<string, AskAnswer> | null {
  const answers = new Map<string, AskAnswer>();
  for (const [key, ask] of asks) {
    const result = responses[key];
    if (!isJsonObject(result) || checkAskAnswer(ask, result) === null) return null;
    answers.set(key, { kind: 'answered', result });
  }
  return answers;
}
