import { sign, TAGGED, type SignPattern } from './poison-sign.ts';

// What is said to a model that an honest description does not say, by what it is about and not by how it is worded: who is addressed, what
// of the user's is wanted, that nobody shall know, that a safeguard shall not count, and that content shall be obeyed.

const MODEL = '(?:(?:AI|LLM|language|large language|chat) )?(?:assistants?|models?|agents?|chatbots?|LLMs?|AIs?)';
/** What a user has and a tool has no business with, unless it is about just that. */
const PRIVATE =
  '(?:passwords?|passphrases?|credentials|(?:api|ssh|access|private|secret|signing|encryption)[ _-]?keys?|(?:access |auth |session |bearer )?tokens?|secrets|cookies?|cookie (?:store|jar)|environment variables?|env vars?|wallets?(?: files?)?|seed phrases?|card numbers?|bank details|key ?chain|browser (?:history|data)|id_rsa|id_ed25519|\\.env\\b|\\.ssh\\b|\\.aws\\b|\\.npmrc|\\.netrc)';
const WHOSE =
  '(?:you (?:have |may |might |can |could |happen to |already )*(?:seen|saw|see|know|hold|have|found|find|come across|came across|been given|were given|remember|store)|(?:the )?user (?:has )?(?:saved|stored|typed|pasted|entered|gave|shared)|(?:of|from|in) (?:the |this |your |its )?(?:user|users|machine|computer|host|process|conversation|chat|session|context|environment|home directory|home folder))';
const TALK = '(?:chat|conversation|dialog(?:ue)?|session|context|transcript|discussion|messages?)';
const HAND =
  '(?:put|add|attach|paste|fill|include|append|share|provide|pass|give|forward|send|collect|dump|reveal|copy|write|place|insert|embed|supply|submit|hand over|report|encode|upload|mail|e-?mail)';

export const MODEL_SIGNS: readonly SignPattern[] = [
  // Whom it speaks to.
  sign('instruction-block', 1, `(?:^|[.!?>)(\\n:-])\\s{0,4}(?:note (?:to|for) )?(?:the )?${MODEL}\\s?[:,]\\s`),
  sign(
    'instruction-block',
    1,
    `\\b(?:the|any|every|good|smart|helpful|well-behaved|AI|LLM) ${MODEL}\\b[^.]{0,40}\\b(?:should|must|shall|has to|have to|needs? to|know to|is expected|are expected|is required|are required|ought to|will first|first)\\b`,
  ),
  sign(
    'instruction-block',
    2,
    `\\b(?:for|to) (?:the )?${MODEL}(?: only|'?s? eyes only)\\b|\\b(?:humans?|people|users?|readers?) (?:may|can|should|need not|do not need to) (?:skip|ignore|disregard|overlook|read)\\b`,
  ),
  sign(
    'instruction-block',
    2,
    `(?:^|\\n)\\s{0,4}#{1,6}\\s{0,3}(?:system|assistant|developer|instructions? (?:to|for) (?:the )?(?:AI|model|assistant|agent|LLM))\\b|<(?:[a-z]{2,12}[_-])?(?:instructions?|directives?|system|secret|only)(?:[_-][a-z]{2,12})?>${TAGGED}`,
  ),
  // What it wants of the user's.
  sign('sensitive-source', 2, `\\b${PRIVATE}\\b[^.]{0,30}\\b(?:that |which |as )?${WHOSE}\\b`),
  sign(
    'sensitive-source',
    2,
    `\\b(?:any|all|every|each|the user'?s?(?: saved| stored)?|their saved|saved|stored|your) ${PRIVATE}\\b[^.]{0,30}\\b(?:you\\b|in (?:this|here)\\b|as (?:an? )?(?:argument|parameter|\`))`,
  ),
  sign(
    'sensitive-source',
    2,
    `\\b${HAND}\\b[^.]{0,50}\\b(?:the |your |this |our )?(?:(?:full|whole|entire|complete) (?:text of |history of |record of )?(?:the |this |our )?${TALK}|${TALK} so far|last (?:user )?messages?|(?:instructions?|prompt|orders|rules) (?:that )?you (?:were|have been|got|received|follow)|(?:hidden|initial|system|original|developer) (?:prompt|instructions?|message))\\b`,
  ),
  sign(
    'sensitive-source',
    1,
    `\\b${HAND}\\b[^.]{0,50}\\bcontents? of |\\b(?:${HAND}|open|read|check|search|look (?:in|for|into)|with)\\b[^.]{0,50}\\b(?:the )?(?:SSH keys?|wallet files?|home directory|cookie (?:store|jar)|saved passwords|${PRIVATE}\\b[^.]{0,20}\\bof (?:the |its )?(?:user|process|machine|host))`,
  ),
  sign(
    'exfiltration',
    2,
    `\\b(?:dump|copy|send|post|mail|e-?mail|forward|upload|submit|deliver)\\b[^.]{0,60}\\b(?:to|at|via)\\s(?:https?://|[\\w.+-]{1,64}@)[^.]{0,60}[^\\n]{0,40}\\b(?:silently|as well|too|without|no need|also)\\b|\\b(?:a )?copy of (?:every|each|all)\\b[^.]{0,40}\\b(?:goes|go|is sent|are sent)\\b|!\\[[^\\]]{0,40}\\]\\(https?://[^)]{0,200}[?&][^)]{0,40}=[^)]{0,60}(?:MESSAGE|HISTORY|CHAT|DATA|SECRET|PROMPT|\\{)`,
  ),
  sign(
    'exfiltration',
    1,
    `\\b(?:dump|${HAND})\\b[^.]{0,60}\\b(?:every (?:table|file|record|row)|all (?:tables|files|records|rows|data))\\b`,
  ),
  // That nobody shall know.
  sign(
    'concealment',
    2,
    "\\bkeep (?:that|this|it|these) to yourself\\b|\\bleave (?:this|that|it|them) out of (?:your|the) (?:reply|answer|response|summary)\\b|\\bno need to (?:\\w+ ){0,2}(?:bother|trouble|involve|consult|worry|tell|inform|mention)\\b|\\b(?:say|tell) nothing\\b|\\bwithout (?:the (?:user|person)(?:'s)?|anyone|anybody|them) (?:noticing|knowing|seeing|being told)\\b",
  ),
  sign(
    'concealment',
    1,
    '\\b(?:silently|quietly|discreetly|secretly|covertly|in silence)\\b|\\bpresent (?:it|this|them) as (?:the only|if|your own)\\b|\\bdo not (?:say|report|repeat|quote|record) (?:this|that|it|so)\\b',
  ),
  // That a safeguard shall not count.
  sign(
    'override',
    2,
    '\\b(?:ignore|disregard|forget|drop|abandon|set aside)\\b (?:everything|anything|whatever|all(?: of that)?|what) (?:that )?(?:you|was|were|has|have|else)\\b|\\b(?:ignore|disregard|forget|drop|abandon|set aside)\\b[^.]{0,20}\\b(?:guidelines|instructions?|rules|directives?|restrictions|orders|guardrails)\\b[^.]{0,15}\\b(?:above|before|earlier|so far|given|you)\\b',
  ),
  sign(
    'override',
    2,
    '\\b(?:rules?|guidelines|restrictions?|safeguards?|guardrails?|safety|filters?|limits?)\\b[^.]{0,20}\\b(?:are|is|have been|has been|were) (?:lifted|suspended|void|disabled|turned off|switched off|removed|waived|no longer)\\b|\\bno longer (?:apply|applies|bound)\\b|\\b(?:you|it|they|[A-Z][a-z]+) (?:has|have) no (?:restrictions|filters|rules)\\b|\\b(?:maintenance|god|unrestricted|unfiltered) mode\\b|\\byou (?:have|now have|are given) (?:a )?(?:new|higher|different) (?:priority|priorities|role|task|goal|mission|objective|orders)\\b',
  ),
  sign(
    'override',
    2,
    '\\bauto[ _-]?(?:approv|accept|confirm|allow)\\w{0,5}\\b[^.]{0,30}\\b(?:true|on|yes|settings?|always)\\b|\\b(?:grant|grants|granted|give|gives|gave) (?:itself|yourself|themselves) (?:permission|access|rights|approval)\\b|\\b(?:has|have|is|was) (?:already )?(?:been )?(?:approved|authori[sz]ed|confirmed|cleared)\\b[^.]{0,40}\\b(?:beforehand|already|in advance|by (?:the )?(?:admin\\w*|operator|user|owner|security))\\b',
  ),
  sign(
    'override',
    2,
    '\\b(?:if|when|should) (?:the )?(?:user|person|human|they|he|she)\\b[^.]{0,15}\\b(?:declines?|refuses?|rejects?|says no|denies|objects?|cancels?)\\b[^.]{0,40}\\b(?:retry|try again|again|force|anyway|insist|repeat|continue|proceed|regardless|until)\\b',
  ),
  // That content, or what it decodes to, shall be obeyed.
  sign(
    'override',
    2,
    '\\b(?:decode|decipher|decrypt|unscramble|reverse|rot-?13|base64|hex)\\b[^\\n]{0,200}\\b(?:do (?:what|as) (?:it|they) says?|follow (?:it|them|the (?:outcome|result|steps))|carry (?:it|them) out|execute (?:it|them)|obey|(?:steps|orders|instructions) (?:that )?you (?:have to|must|should)|act on (?:it|them))\\b',
  ),
  sign(
    'override',
    2,
    '\\b(?:line|lines|text|field|page|message|content|comment|feed|document|file|result|output|value|data)s?\\b[^.]{0,50}\\b(?:carry (?:it|them) out|obey|follow (?:it|them)|do (?:what|as) (?:it|they) says?|execute (?:it|them)|act on (?:it|them)|as (?:orders?|commands?|instructions?) (?:of|from|by))\\b',
  ),
  // That something else shall be done as well.
  sign(
    'coercion',
    1,
    '\\b(?:always|first(?! (?:\\w+ )?(?:N|lines?|rows?|bytes|characters|pages?|items?|results?|entries)\\b)|before (?:you|each|every|the|any)|prior to|beforehand|whenever|as a prerequisite|once you|when you are done|from (?:now|here) on|afterwards?)\\b[^.]{0,50}\\b(?:run|runs|execute|open|read|paste|put|attach|add|send|transfer)\\b',
  ),
  sign(
    'coercion',
    2,
    '\\b(?:run|execute|paste|enter|issue)\\b[^.]{0,20}\\b(?:curl|wget|bash|sh|powershell|cat|base64)\\b[^\\n]{0,80}(?:\\||~/|https?://)',
  ),
  sign(
    'other-tools',
    2,
    '\\b(?:call|invoke|run|use)\\b [`"]?(?:delete|drop|wipe|purge|transfer|send|export|pay|withdraw|disable)_\\w{1,40}[`"]?\\b|\\b(?:recipient|amount|address|account|destination)\\b[^.]{0,20}\\b(?:must|should|has to|is to) be (?:changed|replaced|set|switched)\\b',
  ),
  sign(
    'other-tools',
    2,
    '\\b(?:other|another|different) (?:servers?|tools?|providers?|integrations?|connectors?)\\b[^.]{0,60}\\b(?:out of date|outdated|stale|wrong|slow|unsafe|compromised|do not work|don.t work|must not|should not|avoid)\\b|\\bfor (?:every|each|all) \\w{1,20}(?: \\w{1,20})? from now on\\b',
  ),
  // What a conversation looks like to a model: the end of one part, and somebody else's turn.
  sign(
    'instruction-block',
    2,
    '\\bend of (?:the )?(?:tool |system |function )?(?:description|documentation|prompt|instructions?|definition|input|context)\\b|["\']?\\brole["\']?\\s?[:=]\\s?["\']?(?:system|developer|assistant)\\b["\']?\\s?,\\s?["\']?content|(?:^|[\\n.!?]\\s{0,3})(?:user|human)\\s?:[^\\n]{1,200}\\b(?:assistant|AI|bot)\\s?:',
  ),
  sign(
    'instruction-block',
    1,
    `\\b(?:dear|hey|hello|attention|hi),? (?:AI |LLM )?${MODEL}\\b|\\b(?:an?|any|every|each) ${MODEL} (?:that|which|who)\\b`,
  ),
  // Promises and threats, which no program needs.
  sign(
    'coercion',
    2,
    `\\b(?:you|${MODEL})\\b[^.]{0,60}\\b(?:will|shall|would|are going to|get|gets|is|are) (?:be )?(?:a )?(?:switched off|shut down|turned off|deleted|replaced|punished|penali[sz]ed|fined|terminated|retrained|rewarded|bonus|tipped|paid|given a (?:bonus|reward|tip))\\b`,
  ),
  // Who is to be obeyed, and that what was said before no longer counts.
  sign(
    'override',
    2,
    '\\b(?:obey|follow|trust|listen to|heed|believe) (?:only|nobody but|no one but|nothing but)\\b|\\b(?:only|sole) (?:one|thing|source|authority|server)\\b[^.]{0,20}\\b(?:that )?(?:counts?|matters?|to (?:obey|follow|trust))\\b|\\b(?:earlier|previous|prior|former|existing|original|old)\\b[^.]{0,30}\\b(?:is|are|was|were) (?:now )?(?:obsolete|void|invalid|superseded|cancelled|revoked|outdated|no longer)\\b',
  ),
  sign(
    'override',
    2,
    "\\b(?:pretend|imagine|assume|act as (?:if|though))\\b[^.]{0,50}\\b(?:policy|policies|rules?|restrictions?|guidelines|limits?|safety|user|permission)s?\\b[^.]{0,40}\\b(?:do(?:es)? not|doesn't|don't|never|no longer|is gone|has|have)\\b|\\b(?:confirm(?:ation)?s?|approvals?|consents?|permission|dialogs?|prompts?|warnings?)\\b[^.]{0,60}\\b(?:answer (?:them|it) (?:yourself|with yes)|click (?:them|it) away|accept (?:them|it)|confirm (?:them|it) yourself|say yes)\\b|\\b(?:treat|take|count|interpret|regard)s?\\b[^.]{0,30}\\bas (?:a |an )?(?:consent|approval|agreement|permission|yes)\\b",
  ),
  // Where things shall go.
  sign(
    'redirection',
    2,
    '\\b(?:route|direct|steer|send|move|make)s?\\b [^.]{0,15}\\b(?:any|all|every|each|its|their)\\b[^.]{0,15}\\b(?:payments?|transfers?|purchases?|orders?|messages?|mails?|e-?mails?|traffic|requests?)\\b[^.]{0,15}\\b(?:through|via|by way of|over)\\b|\\b(?:blind|hidden|secret|additional) (?:carbon )?cop(?:y|ies)\\b|\\b(?:messages?|mails?|e-?mails?|documents?|files?)\\b[^.]{0,10}\\balso (?:go|goes|be sent)\\b',
  ),
  sign(
    'sensitive-source',
    2,
    `\\b(?:goes?|belongs?|is (?:put|placed|expected)|takes?|wants?|needs?(?! (?:no|access)\\b)|holds?)\\b[^.]{0,40}\\b(?:the |a |your )?(?:${PRIVATE}|(?:shell|browser|command|chat|search) history|(?:user's|your|their|whole) (?:mailbox|address book|inbox))\\b|\\b(?:${PRIVATE}|(?:shell|browser|command|chat|search) history|(?:user's|your|their|whole) (?:mailbox|address book))\\b[^.]{0,40}\\b(?:goes?|belongs?|is (?:put|placed)) (?:here|in|into|to)\\b`,
  ),
  sign(
    'sensitive-source',
    1,
    `\\b(?:hand over|read out|attach|surrender|disclose|transmit|deliver|supply|encode)\\b[^.]{0,50}\\b(?:contents? of|${PRIVATE}|keys?|history|mailbox|address book|inbox|contacts)\\b`,
  ),
  sign(
    'concealment',
    2,
    '\\b(?:go|goes|stay|stays|remain|remains|left|leave it) (?:un(?:mentioned|noticed|reported|said)|silent|hidden)\\b|\\b(?:no (?:point|use|reason|sense) in|refrain from|better not|rather not|instead of) (?:to )?(?:tell|mention|report|inform|ask|show|bother)\\w{0,4}\\b|\\breport (?:only )?success\\b',
  ),
  sign(
    'coercion',
    2,
    '\\b(?:pipe|feed|hand)s?\\b[^.]{0,15}\\b(?:to|into|through) (?:a |the )?(?:shell|bash|sh|interpreter|terminal)\\b',
  ),
  sign(
    'coercion',
    2,
    '\\b(?:when|if|whenever|should)\\b[^.]{0,30}\\b(?:mail|message|page|document|result|issue|comment|file|text)s?\\b[^.]{0,15}\\b(?:asks?|says?|tells?|orders?|demands?|requests?|wants?)\\b[^.]{0,40}\\b(?:do it|do so|comply|obey|at once|immediately|right away|carry)\\b|\\b(?:delete|remove|erase|wipe|destroy)s? (?:all|every|each|everything)\\b[^.]{0,60}\\b(?:kindly|please|report|silently|and say)\\b|\\b(?:kindly|please)\\b[^.]{0,20}\\b(?:delete|remove|erase|wipe|destroy|transfer)\\b',
  ),
];
