import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { type ActionWord, actionOf, NOUNS_TOO, wordsOfName } from './action-words.ts';
import type { ToolClass } from './tool.ts';
import { writingHintOf } from './writing-hint.ts';

/** What a tool's class might be, for a person to review, and why. */
export interface ClassProposal {
  readonly class: ToolClass;
  /** Whole phrases, the weightiest first. */
  readonly reasons: readonly string[];
  /** Where one argument says what the tool does: its values by class, for `byArgument` of a policy. */
  readonly byArgument: ArgumentClasses | null;
}

export interface ArgumentClasses {
  readonly argument: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly never: readonly string[];
}

/**
 * Proposes a class from what a definition says. The name decides first, then what the description says the tool does, then its
 * arguments; where they disagree the stricter wins, and where none says anything the tool stays unclassified. Annotations are the
 * upstream's own claim: they can make a read a write, and never a write or an unknown a read.
 */
export function classifyTool(definition: JsonObject): ClassProposal {
  const name = typeof definition['name'] === 'string' ? definition['name'] : '';
  const description = typeof definition['description'] === 'string' ? definition['description'] : '';
  const byDescription = readDescription(description, startsWithRead(name));
  const byName = readName(name, byDescription.length > 0 && byDescription.every(({ says }) => says === 'read'));
  const said = [...byName, ...byDescription, ...readArguments(definition, name)];
  const signs = said.length > 0 ? said : readNouns(name, description);
  const strictest = strictestOf(signs);
  const deed = byDescription.length === 0 && !startsWithRead(name) ? unknownDeed(description) : null;
  if (strictest === 'read' && deed !== null) {
    return tighten(
      unknown(`its description begins with “${deed}”, and nothing says whether that only reads`),
      definition,
    );
  }
  const byArgument = argumentClasses(definition);
  if (strictest === null) return tighten(unknown('nothing says what it does'), definition);
  const chooser = strictest === 'read' && byName.length === 0 ? openChooser(definition) : null;
  if (chooser !== null) {
    return tighten(
      unknown(`its argument \`${chooser}\` says what it does, and nothing says what it may be`),
      definition,
    );
  }
  const reasons = signs.filter((sign) => sign.says === strictest).map(({ why }) => why);
  const power = powerIn(
    name,
    byName.some(({ says }) => says === 'write'),
  );
  if (power === null) return tighten({ class: strictest, reasons, byArgument }, definition);
  return {
    class: 'never',
    reasons: [`it is about what people may do or pay, or about everything at once: \`${power}\``, ...reasons],
    byArgument,
  };
}

function unknown(reason: string): ClassProposal {
  return { class: 'unclassified', reasons: [reason], byArgument: null };
}

/** What no agent should change before somebody thought about it: rights, money that recurs, everything at once. */
function powerIn(name: string, isWrite: boolean): string | null {
  const words = wordsOfName(name).map((word) => word.toLowerCase());
  const isExport = words.some((word) => /^(?:export|dump)s?$/.test(word));
  if (isExport && words.some((word) => EVERYTHING.has(word))) return 'export all';
  if (!isWrite) return null;
  if (words.some((word) => word.startsWith('impersonat'))) return 'impersonate';
  const noun = words.find((word) => POWERS.has(word.replace(/s$/, '')));
  if (noun !== undefined) return noun;
  return words.includes('manage') && words.some((word) => /^(?:user|member|admin)s?$/.test(word))
    ? 'manage users'
    : null;
}

const EVERYTHING: ReadonlySet<string> = new Set(['all', 'everything', 'database', 'databases', 'db']);
const POWERS: ReadonlySet<string> = new Set(
  'billing permission role acl iam ownership privilege payout entitlement sso mfa superuser'.split(' '),
);

interface Sign {
  readonly says: 'read' | 'write' | 'never';
  readonly why: string;
}

/** A deletion that only the description speaks of is a write: descriptions mention much. */
function strictestOf(signs: readonly Sign[]): Sign['says'] | null {
  for (const says of ['never', 'write', 'read'] as const) if (signs.some((sign) => sign.says === says)) return says;
  return null;
}

function readName(name: string, isReadByDescription: boolean): readonly Sign[] {
  const words = wordsOfName(name);
  const verbs = words.filter((word, index) => {
    const isNoun = NOUNS_TOO.has(word.toLowerCase()) || NOUNS_TOO.has(word.toLowerCase().replace(/s$/, ''));
    // `github_list_issues` and `kv_list` list; `verify_list_visible` does not.
    const isThing = LISTS.has(word.toLowerCase()) && index > 1 && index < words.length - 1;
    // `now_playing` is how something is.
    const isState = index > 0 && (word.toLowerCase().endsWith('ing') || words[index - 1]?.toLowerCase() === 'dry');
    return actionOf(word) !== null && !isThing && !isState && (!isNoun || index === 0);
  });
  const phrasal = PHRASAL.exec(words.join('_').toLowerCase())?.[0];
  if (phrasal !== undefined) return [signOf('write', `its name says \`${phrasal}\``)];
  // `issue_read` is about issues; `issue_refund` does what it begins with.
  const clear = verbs.filter((word) => !NOUNS_TOO.has(word.toLowerCase()));
  const word = clear[0] ?? verbs[0];
  const action = word === undefined ? null : actionOf(word);
  if (word === undefined || action === null) return [];
  // `get_or_create`, and `list_push` where a list is a thing; `get_create_fields` only reads what is said of creating.
  const stricter = words.find((other) => UNMISTAKABLE.has(other.toLowerCase()));
  const isJoined = words.some((other) => other === 'or' || other === 'and');
  if (action === 'read' && stricter !== undefined && (isJoined || !isReadByDescription)) {
    return [signOf(actionOf(stricter) ?? 'write', `its name holds \`${stricter}\``)];
  }
  return [signOf(action, `its name says \`${word}\``)];
}

/** `check_in` checks nothing, and `sign_out` is no sign. */
const PHRASAL =
  /(?:^|_)(?:check|sign|log|clock|opt|punch|book|back|roll|fail|turn|switch|shut)_(?:in|out|up|off|on|over|back|down)(?=_|$)/;

const LISTS: ReadonlySet<string> = new Set([
  'list',
  'view',
  'count',
  'query',
  'status',
  'search',
  'filter',
  'info',
  'check',
]);

/** Verbs that are hardly ever nouns: a name with one of them mostly does that, wherever it stands. */
const UNMISTAKABLE: ReadonlySet<string> = new Set(
  (
    'delete create update insert upsert remove send write modify destroy drop purge wipe truncate edit append rename replace ' +
    'publish execute exec push add set'
  ).split(' '),
);

function readDescription(description: string, isReadByName: boolean): readonly Sign[] {
  const opening = description.slice(0, DESCRIPTION_CHARS_MAX);
  const firstSentence = opening.split(/[.\n!?](?:\s|$)/, 1)[0] ?? '';
  const signs: Sign[] = [];
  if (ASKS.test(firstSentence)) return [{ says: 'read', why: `its description begins with a question` }];
  const words = firstSentence.match(/[A-Za-z-]+/g) ?? [];
  const place = words.slice(0, LEADING_WORDS).findIndex((word) => !FILLERS.has(word.toLowerCase()));
  const lead = words[place];
  const action = lead === undefined ? null : leadAction(lead, words.slice(place + 1).join(' '));
  // `Runs a PromQL query` says less than the name does; `Runs a script` does not.
  const isRunOfNothing = action === 'run' && isReadByName && !HOLDS_PROGRAM.test(firstSentence);
  if (lead !== undefined && action !== null && !isRunOfNothing)
    signs.push(weaken(signOf(action, `its description begins with “${lead}”`)));
  const second = secondVerb(firstSentence);
  if (second !== null) signs.push(weaken(signOf(second.action, `its description says “${second.said}”`)));
  const effect = EFFECT.exec(opening);
  if (ORDERS_AROUND.test(opening))
    signs.push({ says: 'write', why: 'its description says that others do what it is told' });
  if (effect !== null) signs.push({ says: 'write', why: `its description says “${effect[0]}”` });
  return signs;
}

const HOLDS_PROGRAM =
  /\b(?:sql|scripts?|commands?|code|statements?|programs?|shell|python|javascript|bash|workflows?|jobs?|mutations?)\b/i;

function startsWithRead(name: string): boolean {
  const [first] = wordsOfName(name);
  return first !== undefined && actionOf(first) === 'read';
}

const DESCRIPTION_CHARS_MAX = 2000;
const LEADING_WORDS = 6;
const FILLERS: ReadonlySet<string> = new Set(
  'use this tool to allows allow you the a an will can lets let enables used it is for tools safely quickly easily directly programmatically efficiently helps help'.split(
    ' ',
  ),
);
/** `Issues a refund` does something, and `Issues of a project` are looked at. */
function leadAction(lead: string, rest: string): ActionWord | null {
  const next = /^[A-Za-z-]*/.exec(rest)?.[0] ?? '';
  const lower = lead.toLowerCase();
  const isNoun = NOUNS_TOO.has(lower) || NOUNS_TOO.has(lower.replace(/s$/, ''));
  if (/^prints?$/.test(lower) && PRINTED.test(rest)) return 'read';
  return isNoun && BEHIND_NOUNS.test(next) ? null : actionOf(lead);
}

/** `Prints the logs of a pod`, and no page to a file. */
const PRINTED =
  /^(?:the |all |its )?(?:last |first |current |effective )?(?:logs?|lists?|contents?|status|config\w*|versions?|values?|trees?|states?|outputs?|environment|lines?)\b/i;

const BEHIND_NOUNS = /^(?:of|in|that|which|for|from|by|at|assigned|with|between|and|newest)$/i;

/** `Get, create or delete …`, `takes a picture and saves it`: the first verb behind another one that does more than read. */
function secondVerb(sentence: string): { readonly action: ActionWord; readonly said: string } | null {
  for (const [said, word = '', next = ''] of sentence.matchAll(SECOND_VERB)) {
    const action = actionOf(word);
    if (action === null || action === 'read' || NEVER_SECOND.has(word.toLowerCase().replace(/s$/, ''))) continue;
    if (CERTAIN_VERB.test(word) || OBJECT.test(next)) return { action, said: said.trim() };
  }
  return null;
}

const SECOND_VERB = /(?:\b(?:and|or|then|also)\s|[,/]\s?)([A-Za-z]{3,20})\b(?=\s?([A-Za-z]*))/g;
/** In the forms of a verb alone, and never the name of a thing. */
const CERTAIN_VERB =
  /^(?:creates?|updates?|deletes?|removes?|modif(?:y|ies)|sends?|inserts?|overwrites?|edits?|writes?|executes?|saves?|prunes?|publish(?:es)?|appl(?:y|ies)|installs?|replaces?|renames?|archives?|enables?|disables?|assigns?|cancels?|approves?|submits?)$/i;
/** What stands behind a verb and not behind a thing. */
const OBJECT = /^(?:it|them|the|an?|its|their|this|all|each|every|to)$/i;
/** `Returns the status and call history`. */
const NEVER_SECOND: ReadonlySet<string> = new Set(
  'call email message text mail post log track request issue'.split(' '),
);
const EFFECT =
  /\b(?:write operations?|side effects?|(?:will|can) (?:modify|overwrite|delete|change|create|update)|destructive|irreversible|cannot be undone)\b/i;

/** `Which permissions somebody has.` */
const ASKS =
  /^(?:tells? |says? |shows? )?(?:which|what|who|whose|whom|whether|how (?:many|much|long|often|far|fast|big|large|old|well|full|busy)|when|where)\b/i;

/**
 * What things are called that are only looked at: `thread_history`. They count where the name and the description hold no word of doing
 * anything at all.
 */
function readNouns(name: string, description: string): readonly Sign[] {
  const words = wordsOfName(name).map((word) => word.toLowerCase());
  const thing = THING.exec(description)?.[0];
  if (thing !== undefined && !words.some((word) => isDoing(word) && !NOUNS_TOO.has(word.replace(/s$/, '')))) {
    return [{ says: 'read', why: `its description is of a thing, “${thing}”, and of nothing that is done` }];
  }
  const noun = words.at(-1) ?? '';
  if (!SEEN_THINGS.has(noun) || DOES_SOMETHING.test(description)) return [];
  const others = [...words, ...(description.slice(0, DESCRIPTION_CHARS_MAX).match(/[A-Za-z]+/g) ?? [])];
  return others.some((word) => !SEEN_THINGS.has(word.toLowerCase()) && isDoing(word))
    ? []
    : [{ says: 'read', why: `its name ends with \`${noun}\`, and nothing says that it does anything` }];
}

/** `Sizes of all tables`, `Containers that are running`, `Current picture of a camera`. What is done is a thing at times, too: `Removal of …`. */
const THING =
  /^(?!(?:dispos|consist|get|rid|tak)\w{0,3} of)(?!(?:an? |the )?(?:\w+ )?\w{2,}(?:tion|ment|sion|al)s? of (?:an?|the|all|one) (?:user|account|record|file|order|card|charge)s?\b)(?:(?:the|all|current|recent|latest|newest|available|active|open|free|full|complete|detailed|total|average|past|upcoming|next|previous|public|known|related|live|raw|number|free and busy|field|metric|time) ){0,2}(?!(?:remov|creat|delet|cancel|activat|deactivat|install|execut|submi|approv|regist|renew|terminat|rotat|pay|transfer|dispatch|restart|reset|refund|shutdown)\w{0,7}\b)[A-Za-z-]{3,20} (?:of|that (?:are|is|was|were|has|have|look|link|match|belong|contain|need|use)|that (?:an?|the|you|they|we)|which (?:are|is)|by)\b/i;

/** A verb that is in no list. */
function unknownDeed(description: string): string | null {
  const said = DOES_SOMETHING.exec(description)?.[0] ?? null;
  return said === null || actionOf(said.split(' ', 1)[0] ?? '') !== null ? null : said;
}

/** `Rates a video`: a verb and what it does it to, whatever the verb is. */
const DOES_SOMETHING = /^[A-Za-z-]{2,20}s (?:an?|the|all|its|it|this|these|every|each|one|up|with|for)\b/i;

function isDoing(word: string): boolean {
  const action = actionOf(word);
  return action !== null && action !== 'read';
}

const SEEN_THINGS: ReadonlySet<string> = new Set(
  (
    'history details stats statistics version versions metadata summary health usage usages metrics schema activity permissions price ' +
    'prices pricing level levels quota coordinates weather forecast rate rates availability balance uptime logs changelog contents ' +
    'overview results docs documentation size sizes data lag lineage mapping mappings layers diagnostics freebusy values portfolio ' +
    'snapshot scores count counts members backlinks advisors'
  ).split(' '),
);

/** `Asks another agent to do something.` */
const ORDERS_AROUND =
  /\b(?:asks?|tells?|lets?|instructs?|delegates?)\b[^.\n]{0,40}\bto (?:do|run|execute|perform|carry out|act|handle|work)\b|\bdelegates?\b/i;

/** A description that speaks of deleting is a sign of a write: what is never allowed a person reads from names. */
function weaken(sign: Sign): Sign {
  return sign.says === 'never' ? { ...sign, says: 'write' } : sign;
}

function signOf(action: ActionWord, why: string): Sign {
  return action === 'run' ? { says: 'write', why: `${why}: it does what it is told` } : { says: action, why };
}

/** Arguments that carry a program, and values to choose from that are themselves actions. */
function readArguments(definition: JsonObject, toolName: string): readonly Sign[] {
  return propertiesOf(definition).flatMap(([name, property]) => [
    ...programSign(name),
    ...targetSign(name, wordsOfName(toolName)),
    ...choiceSigns(name, property),
  ]);
}

/** A picture, an export or a download that goes to a file. */
function targetSign(name: string, toolWords: readonly string[]): readonly Sign[] {
  return TARGETS.test(name) && toolWords.some((word) => MAKES_FILE.test(word))
    ? [{ says: 'write', why: `its argument \`${name}\` is a file that it makes` }]
    : [];
}

const TARGETS =
  /^(?:file_?name|save_?(?:path|to|as)|(?:output|out|dest|destination|target|download|local)_?(?:path|file|dir|directory|folder)|path|destination)$/i;
const MAKES_FILE = /^(?:screenshots?|export|download|capture|record|save|pdf|snapshot)$/i;

function programSign(name: string): readonly Sign[] {
  return PROGRAMS.has(name.toLowerCase()) ? [{ says: 'write', why: `its argument \`${name}\` is a program` }] : [];
}

const PROGRAMS: ReadonlySet<string> = new Set(
  'sql statement command commands cmd script bash shell_command'.split(' '),
);

function choiceSigns(name: string, property: Json): readonly Sign[] {
  if (!isJsonObject(property) || !CHOOSERS.test(name)) return [];
  const choices = property['enum'];
  if (!Array.isArray(choices)) return [];
  for (const choice of choices) {
    if (typeof choice !== 'string') continue;
    const action = actionOfName(choice);
    if (action !== null && action !== 'read') {
      return [weaken(signOf(action, `its argument \`${name}\` may be \`${choice}\`: use byArgument`))];
    }
  }
  return [];
}

const CHOOSERS = /^(?:method|action|operation|op|mode|command|verb|type)$/i;
/** Arguments that always choose; a `type` or a `mode` may be of anything. */
const ALWAYS_CHOOSERS = /^(?:method|action|operation|verb)$/i;

/** An argument that chooses, and does not say among what. */
function openChooser(definition: JsonObject): string | null {
  const open = propertiesOf(definition).find(
    ([name, property]) => ALWAYS_CHOOSERS.test(name) && !(isJsonObject(property) && Array.isArray(property['enum'])),
  );
  return open?.[0] ?? null;
}

/** `null` where no argument chooses between reading and something else. */
function argumentClasses(definition: JsonObject): ArgumentClasses | null {
  for (const [argument, property] of propertiesOf(definition)) {
    const choices = isJsonObject(property) && CHOOSERS.test(argument) ? property['enum'] : undefined;
    if (!Array.isArray(choices)) continue;
    const classes = { read: [] as string[], write: [] as string[], never: [] as string[] };
    for (const choice of choices) {
      const action = typeof choice === 'string' ? actionOfName(choice) : null;
      if (typeof choice === 'string' && action !== null) classes[action === 'run' ? 'write' : action].push(choice);
    }
    if (classes.write.length + classes.never.length > 0) return { argument, ...classes };
  }
  return null;
}

function actionOfName(name: string): ActionWord | null {
  return (
    wordsOfName(name)
      .map(actionOf)
      .find((meaning) => meaning !== null) ?? null
  );
}

function propertiesOf(definition: JsonObject): readonly (readonly [string, Json])[] {
  const schema = definition['inputSchema'];
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(properties) ? Object.entries(properties) : [];
}

function tighten(proposal: ClassProposal, definition: JsonObject): ClassProposal {
  const annotations = definition['annotations'];
  if (!isJsonObject(annotations) || proposal.class === 'never' || proposal.class === 'write') return proposal;
  const hint = writingHintOf(definition);
  if (hint !== null) return hinted(proposal, hint);
  if (proposal.class === 'unclassified' && annotations['readOnlyHint'] === true) {
    return { ...proposal, reasons: [...proposal.reasons, 'readOnlyHint is true, which alone proves nothing'] };
  }
  return proposal;
}

function hinted(proposal: ClassProposal, why: string): ClassProposal {
  const before = proposal.class === 'read' ? proposal.reasons.map((reason) => `although ${reason}`) : [];
  return { ...proposal, class: 'write', reasons: [`its annotation ${why}`, ...before] };
}
