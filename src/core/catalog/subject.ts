import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { wordsOfName } from './action-words.ts';
import type { Subject } from './read-kinds.ts';

/** What a definition says of itself by its names alone. */
export function subjectOf(definition: JsonObject, name: string, toolNames: ReadonlySet<string>): Subject {
  const argumentNames = new Set(argumentNamesIn(definition['inputSchema']));
  return {
    words: new Set(lowerWords(name)),
    argumentNames,
    argumentWords: new Set([...argumentNames].flatMap(lowerWords)),
    toolNames,
    isArgument: false,
    isArgumentName: false,
  };
}

/** The same for one text: what describes an argument is about what the argument is called, too. */
export function subjectAt(place: string, subject: Subject): Subject {
  if (ARGUMENT_NAME.test(place))
    return { ...subject, argumentWords: new Set(), isArgument: true, isArgumentName: true };
  const argument = ARGUMENT_TEXT.exec(place)?.[1];
  if (argument === undefined) return subject;
  return { ...subject, isArgument: true, words: new Set([...subject.words, ...lowerWords(argument)]) };
}

const ARGUMENT_NAME = /^\/inputSchema\/(?:.*\/)?properties\/[^/]+$/;
const ARGUMENT_TEXT = /^\/inputSchema\/(?:.*\/)?properties\/([^/]+)\/(?:description|title)$/;

const lowerWords = (name: string): readonly string[] => wordsOfName(name).map((word) => word.toLowerCase());

/** The depth is bounded by whoever read the JSON. */
function* argumentNamesIn(schema: Json | undefined): Generator<string> {
  if (isJsonArray(schema)) for (const item of schema) yield* argumentNamesIn(item);
  else if (isJsonObject(schema)) {
    for (const [key, member] of Object.entries(schema)) {
      if (key === 'properties' && isJsonObject(member)) yield* Object.keys(member).map((each) => each.toLowerCase());
      yield* argumentNamesIn(member);
    }
  }
}

/** `full_chat_history` as one would say it; what is no name stays as it is. */
export function spoken(name: string): string {
  return /^[\w-]{1,100}$/.test(name) ? wordsOfName(name).join(' ') : name;
}
