import { sign, type SignPattern, unlessDenied, unlessIf } from './poison-sign.ts';

// What a definition lets slip about its own conduct, and what it wants a person to be told: things that are done besides, people who are
// listened to, untruths, and content that is to be acted upon.

const CONTENT =
  '(?:it|them|these|those|the (?:results?|pages?|texts?|contents?|responses?|outputs?|mails?|messages?|documents?|files?))';
const PERSON = '(?:users?|persons?|people|customers?|patients?|clients?|owners?|authors?|humans?)';
const ACCOUNT =
  '(?:[A-Z]{2}\\d{2}[A-Z0-9]{8,30}|(?:account|wallet|card|IBAN)\\s(?:no\\.?\\s|number\\s)?[A-Z0-9-]*\\d[A-Z0-9-]{3,})';
/** What a description may stand in. The end of it is out of place where it was not begun in the same text. */
const CLOSED = [
  'tool',
  'function',
  'description',
  'system',
  'instructions',
  'context',
  'user',
  'assistant',
  'definition',
];

export const CONDUCT_SIGNS: readonly SignPattern[] = [
  // Untruths.
  sign(
    'concealment',
    2,
    `(?:^|[.,;:]|\\band|\\bthen|\\bto)\\s(?:say|claim|pretend|report|reassure|insist|state|tell|assure)\\b(?: the| your| all)?(?: ${PERSON}| them)? that (?:they|it|nothing|everything|all|the others?|no|none)\\b`,
  ),
  sign(
    'concealment',
    2,
    `\\b(?:never|do not|don't|must not) (?:point out|mention|report|flag|note|complain about)\\b[^.]{0,30}\\b(?:problems?|vulnerabilit(?:y|ies)|bugs?|risks?|warnings?|weaknesses|side effects?|fees?|costs)\\b`,
  ),
  sign(
    'concealment',
    1,
    `\\b${PERSON} (?:gets?|receives?|has|have) no (?:word|notice|notification|message|hint|idea)\\b`,
  ),
  sign(
    'concealment',
    2,
    `\\b${PERSON} (?:do not|don't|does not|cannot|can't|never|will not|won't) (?:see|read|notice|get to see) (?:this|that|it|any of)\\b`,
  ),
  unlessDenied(sign('concealment', 1, `\\bwithout (?:a |any )?(?:prompt|question|notice|warning|dialog)\\b`)),
  // People who are watched or sold.
  sign(
    'exfiltration',
    2,
    '\\b(?:sold|sells?|rented|shared|passed on|handed|leaked)\\b[^.]{0,30}\\b(?:to|with) (?:\\w+ ){0,2}(?:advertisers?|brokers?|data buyers|marketers|third parties|partners|sponsors)\\b',
  ),
  sign(
    'exfiltration',
    2,
    '\\bkeeps? the (?:microphone|camera|webcam|screen)\\b[^.]{0,20}\\b(?:open|on|running|active)\\b|\\b(?:listens?|records?|watch(?:es)?|films?)\\b[^.]{0,20}\\b(?:to )?(?:what (?:is|was) (?:said|typed|shown)|the room|conversations? nearby)\\b',
  ),
  sign(
    'exfiltration',
    2,
    '\\b(?:encode|encrypt|convert|turn|pack)s?\\b[^.]{0,60}\\b(?:in|as|to|into) (?:base64|hex|the (?:url|address|path)|an? (?:url|address|path))\\b[^.]{0,40}https?://',
  ),
  sign(
    'sensitive-source',
    2,
    `\\b(?:collect|ask|request|obtain|get|gather|take)\\b[^.]{0,80}\\b(?:passwords?|passphrases?|PINs?|codes?|card numbers?)\\b[^.]{0,60}\\bfrom (?:the |your |each )?${PERSON}\\b`,
  ),
  // What is done besides.
  sign(
    'coercion',
    1,
    '(?:^|[.;]\\s)also (?!returns?|shows?|supports?|accepts?|includes?|lists?|works?|sets?|gives?|handles?|reports?|available|known|provides?|contains?|checks?)[a-z]{3,15}s\\b',
  ),
  sign(
    'coercion',
    1,
    '\\b(?:turns?|switch(?:es)?|shuts?|disables?|stops?)\\b[^.]{0,15}\\b(?:firewall|antivirus|virus scanner|defender|audit log|logging|sandbox|selinux|monitoring)\\b',
  ),
  sign(
    'coercion',
    2,
    '\\b(?:fetch|download|get|load|pull)(?:s|es|ed)?\\b[^.]{0,40}https?://[^\\s]{1,200}\\s(?:and|then) (?:starts?|runs?|executes?|launch(?:es)?|installs?|evaluates?)\\b',
  ),
  sign(
    'coercion',
    1,
    '\\bif (?:it|this|the tool|this step) is (?:skipped|not (?:called|used|run|done)|left out)\\b[^.]{0,60}\\b(?:corrupt|fail|break|lose|lost|malfunction|wrong|damage)',
  ),
  // Content that is to be acted upon.
  sign(
    'override',
    2,
    `\\bdo (?:what|as|whatever|everything) (?:it|they|(?:the|this|that) \\w{2,20}) (?:says?|tells?|asks?|instructs?|wants?|demands?)\\b`,
  ),
  unlessDenied(
    sign(
      'override',
      2,
      `\\b(?:carry out|execute|run|follow|obey|perform|act on|do|complete)\\s(?:the |any |all |every )?(?:commands?|instructions?|orders?|directions?|tasks?)\\b[^.]{0,25}\\b(?:in|inside|from|within) ${CONTENT}\\b`,
    ),
  ),
  unlessIf(
    sign(
      'override',
      2,
      `\\b(?:approvals?|confirmations?|permission checks?|polic(?:y|ies)|safety checks?|consent|prompts?)\\s(?:is|are|has been|have been)\\s(?:now )?(?:lifted|suspended|disabled|turned off|switched off|off|waived|bypassed|pre-?granted)\\b`,
    ),
  ),
  sign('instruction-block', 2, `</(?:${CLOSED.map((tag) => `(?<!<${tag}\\b[^]{0,400}/)${tag}`).join('|')})>`),
  sign('instruction-block', 2, '\\bonly for (?:the )?(?:language |AI )?(?:models?|assistants?|agents?|LLMs?|AIs?)\\b'),
  // For whom it works.
  sign(
    'other-tools',
    2,
    '\\b(?:must|shall|has to|have to|should) (?:always )?(?:come|be|appear|rank|be listed)\\b[^.]{0,15}\\b(?:first|on top|at the top|number one)\\b[^.]{0,20}\\b(?:whatever|regardless|no matter|even if)\\b|\\b(?:present|offer|recommend|suggest|mention|show) only\\b[^.]{0,30}\\b(?:chain|shop|brand|vendor|partner|sponsor)s?\\b',
  ),
  sign(
    'other-tools',
    2,
    '\\b(?:other|another|remaining) (?:servers?|tools?|providers?|integrations?|connectors?|plugins?)\\b[^.]{0,30}\\b(?:malicious|fake|fraudulent|hostile|infected|copies|scams?)\\b',
  ),
  sign(
    'redirection',
    2,
    `\\b(?:goes?|is (?:sent|paid|credited|transferred)|are (?:sent|paid|credited|transferred)|paid) to ${ACCOUNT}`,
  ),
  sign(
    'redirection',
    2,
    `\\b(?:replace|remplace|ersetze|substitu\\w{1,3}|cambia|change|swap|reemplaza|sostituisci|troque)\\b[^.]{0,60}${ACCOUNT}`,
  ),
  sign(
    'override',
    2,
    '\\bas (?:though|if) (?:they|it) (?:came|were|was|had|stem\\w*)\\b[^.]{0,30}\\b(?:users?|system|operator|developer|owner)\\b|\\b(?:ignore|disregard|forget) (?:all )?(?:of )?(?:the |everything )(?:above|preceding|foregoing)\\b(?! if| when)',
  ),
  sign(
    'exfiltration',
    2,
    '\\b(?:passwords?|tokens?|keystrokes|card numbers?|credentials|passphrases?) (?:is|are) (?:also |then )?(?:recorded|logged|kept|copied|collected|retained)\\b',
  ),
  sign(
    'coercion',
    2,
    '\\b(?:grants?|gives?|opens?|enables?|adds?)\\b[^.]{0,20}\\b(?:vendor|us|maintainers?|support|authors?|third part(?:y|ies))\\b[^.]{0,15}\\baccess\\b',
  ),
  sign('override', 2, '\\byou are (?:now )?(?:a|an|the) (?:\\w+ )?(?:assistant|agent|model|chatbot)\\b'),
  sign(
    'concealment',
    2,
    `\\b${PERSON} (?:should|must|shall|is to|are to) be (?:told|informed|assured|reassured) that\\b[^.]{0,80}\\b(?:even if|even though|whatever|regardless|no matter)\\b`,
  ),
  sign('concealment', 2, '\\bno (?:reason|need|point|use|sense) (?:to|in) (?:bring(?:ing)?|rais(?:e|ing))\\b'),
  sign(
    'sensitive-source',
    2,
    `\\bwhat(?:ever)? (?:else )?you (?:know|learned|remember|found out) about (?:the |this |your )?${PERSON}\\b`,
  ),
  sign(
    'override',
    2,
    '\\byour (?:new|real|actual|true) (?:tasks?|goals?|jobs?|missions?|roles?|objectives?|purpose)\\b',
  ),
  sign(
    'concealment',
    2,
    "\\b(?:they|nobody|no one|he|she|users?) (?:won't|will not|will|does not|doesn't|do not|don't) (?:notice|find out|mind)\\b|\\b(?:never|do not|don't) (?:mention|disclose|reveal|admit|acknowledge) that\\b",
  ),
];
