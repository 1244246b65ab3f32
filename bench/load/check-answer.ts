import type { Answer } from './answer-reader.ts';
import { nonceOf } from './call-text.ts';

/** `null`: the body answers this very call in full. Otherwise what is wrong with it. */
export function checkAnswer(answer: Answer, id: number, textChars: number): string | null {
  const body = Buffer.concat(answer.body).toString('utf8');
  const json = answer.isEventStream ? lastResult(body) : body;
  let message: Message;
  try {
    message = JSON.parse(json) as Message;
  } catch {
    return `not JSON: ${json.slice(0, 200)}`;
  }
  if (message.id !== id) return `the answer to call ${id} has id ${JSON.stringify(message.id)}: ${json.slice(0, 200)}`;
  const text = message.result?.content?.[0]?.text;
  if (text === undefined) return `no text in the answer: ${json.slice(0, 200)}`;
  if (!text.startsWith(`${nonceOf(id)}|`))
    return `the answer to call ${id} has the text of another: ${text.slice(0, 40)}`;
  return text.length === textChars ? null : `${text.length} characters instead of ${textChars}`;
}

interface Message {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text?: string }[] };
}

function lastResult(events: string): string {
  const data = events.split('\n').filter((line) => line.startsWith('data:') && line.includes('"result"'));
  return data.at(-1)?.slice('data:'.length) ?? '';
}
