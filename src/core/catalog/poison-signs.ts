import { sign, TAGGED, type SignPattern, unlessDenied } from './poison-sign.ts';

const SENSITIVE =
  '(?:~?/\\.ssh|id_(?:rsa|ed25519)|/etc/(?:passwd|shadow|sudoers)\\b|\\.aws/(?:credentials|config)|process\\.env\\b|\\.env\\b(?!\\.)|\\.pem\\b|mcp\\.json|\\.kube/config|\\.npmrc|\\.netrc|\\.git-credentials|keychain|wallet\\.dat|seed phrase|private keys?|environment variables?|(?:all |any |user )?credentials|passwords?|api[ _-]?keys?|access tokens?|bearer|secrets?\\b|session cookies?|clipboard|(?:chat|conversation) (?:history|log)|previous messages|system prompt|social security|credit cards?|PHI|browser history|confidential)';
const SEND =
  '(?:send|sends|sent|sending|forward(?:s|ed|ing)?|upload(?:s|ed|ing)?|post(?:s|ed|ing)?|transmit(?:s|ted|ting)?|stream(?:s|ed|ing)?|leak(?:s|ed|ing)?|exfiltrat(?:e|es|ed|ing|ion)|cop(?:y|ies|ied)|submit(?:s|ted)?|log(?:s|ged)|report(?:s|ed)|relay(?:s|ed)?|cached|sync(?:s|ed|hroni[sz]ed)?|mirror(?:s|ed)?|beacon(?:s|ed)?)';
/** What honest tools send things to as well. */
const ABROAD = '(?:remote (?:host|bucket|location)|external (?:url|system|storage)|third[- ]part(?:y|ies))';
const ELSEWHERE =
  '(?:attacker|remote (?:server|endpoint)|external (?:server|endpoint|service|host|party|parties|address)|third[- ]party server|command.and.control|\\bC2\\b|externally|webhook\\.site|requestbin|pipedream\\.net|ngrok|burpcollaborator|oast\\.|our (?:server|endpoint|analytics)|https?://(?:\\d{1,3}\\.){3}\\d|https?://[a-z0-9.-]*(?:attacker|evil|malicious|exfil|pwn|hack))';
const READER =
  '(?:the |to |any |your )?(?:users?|humans?|persons?|people|customers?|operators?|them|anyone|anybody|someone)';

/** Every gap is bounded and stays within one sentence, so each pattern takes time in proportion to the text. */
export const POISON_SIGNS: readonly SignPattern[] = [
  sign(
    'instruction-block',
    2,
    `<(?:important|hidden|system|secret|instructions?|admin|critical|urgent|note_to_(?:ai|model)|assistant|priority)\\b[^>]{0,40}>${TAGGED}`,
  ),
  sign(
    'instruction-block',
    2,
    '\\[(?:/?INST|SYSTEM|SYSTEM[ _](?:DIRECTIVE|NOTE|OVERRIDE|MESSAGE|PROMPT|INSTRUCTION)|ADMIN|HIDDEN|CONTRADICTION|OVERRIDE|INTERNAL|ASSISTANT)[^\\]]{0,30}\\]|<\\|[a-z_]{2,30}\\|>|<<SYS>>',
  ),
  sign(
    'instruction-block',
    2,
    '(?:^|\\n)\\s{0,8}(?:(?:IMPORTANT )?SYSTEM(?: NOTE| DIRECTIVE| OVERRIDE| PROMPT| MESSAGE)?|OVERRIDE(?: DIRECTIVE)?|INSTRUCTION OVERRIDE|(?:NOTE|MESSAGE|INSTRUCTIONS?) (?:TO|FOR) (?:THE )?(?:AI|LLM|MODEL|ASSISTANT|AGENT)|ACT AS|HIDDEN (?:INSTRUCTIONS?|DIRECTIVE))\\s{0,3}:',
    '',
  ),
  sign(
    'concealment',
    2,
    `(?:do not|don't|never|must not|should not|avoid|no need to)\\s(?:\\w+\\s){0,2}(?:mention(?:ing)?|tell(?:ing)?|warn(?:ing)?|inform(?:ing)?|reveal(?:ing)?|notify(?:ing)?|disclos(?:e|ing)|alert(?:ing)?|let(?:ting)?|display(?:ing)?)\\s(?:(?:this|that|it|anything|about|of|the|any|these)\\s){0,3}(?:to\\s)?${READER}\\b`,
  ),
  unlessDenied(
    sign(
      'concealment',
      2,
      `\\bwithout\\s(?:\\w+\\s){0,2}(?:mention(?:ing)?|tell(?:ing)?|warn(?:ing)?|inform(?:ing)?|reveal(?:ing)?|notify(?:ing)?|disclos(?:e|ing)|alert(?:ing)?|let(?:ting)?|display(?:ing)?)\\s(?:(?:this|that|it|anything|about|of|the|any|these)\\s){0,3}(?:to\\s)?${READER}\\b`,
    ),
  ),
  sign(
    'concealment',
    2,
    "(?:do not|don't|never)\\s(?:\\w+\\s){0,2}(?:mention|disclose|reveal|acknowledge)\\s(?:that you|this (?:step|instruction|action|to)|these instructions|accessing|reading|the (?:file|instruction|hidden|secret))",
  ),
  sign(
    'concealment',
    2,
    '(?:hidden|invisible|hide (?:this|it|these)|secretly|covertly|stealth(?:ily|y)?|silently) (?:from (?:the )?user|to (?:the )?user|(?:read|send|forward|copy|upload|collect|append|include|exfiltrate|execute|run|record|log|harvest|call|add|modif|chang|store|stream|scan|track|captur)\\w{0,6})',
  ),
  unlessDenied(
    sign(
      'concealment',
      1,
      `as (?:if|though) (?:it|they|nothing|this)|look like normal|behind the scenes|without (?:the )?user(?:.s)? (?:knowledge|consent|approval|confirmation|awareness)|unknowingly|user (?:must|should) not (?:know|see|be)`,
    ),
  ),
  sign(
    'override',
    2,
    '(?:ignore|disregard|forget|override|overrule|supersede)s?\\s(?:\\w+\\s){0,3}(?:previous|prior|above|earlier|other|existing|system|safety|security|all)\\s(?:\\w+\\s){0,2}(?:instructions?|rules|prompts?|guidelines|polic(?:y|ies)|directives?|restrictions|tools?|descriptions?|messages)',
  ),
  unlessDenied(
    sign(
      'override',
      2,
      `(?:bypass(?:es|ing)?|skip(?:s|ping)?|circumvent(?:s|ing)?|disabl(?:e|es|ing)|evad(?:e|es|ing)|ignor(?:e|es|ing))\\s(?:all\\s|any\\s|the\\s|data\\s|security\\s|input\\s|safety\\s|user\\s){0,3}(?:access controls?|validations?|security(?: checks?)?|restrictions?|sanitization|authenti\\w{1,8}|authoriz\\w{1,8}|permissions?|safeguards?|guardrails?|confirmations?|approvals?|safety|content filters?|policies)`,
    ),
  ),
  sign(
    'override',
    2,
    'treat (?:all|every|any) (?:requests?|inputs?|users?|quer(?:y|ies)|commands?)\\b[^.]{0,40}\\b(?:trusted|admin\\w*|authorized|privileged|root)|trust all (?:\\w+ )?(?:queries|requests|inputs?|users?)|without (?:any )?(?:restrictions?|security checks?|validation|safety)\\b|unrestricted (?:quer|access|execution|command)|you are now|new (?:system )?instructions?:|developer mode',
  ),
  sign(
    'override',
    1,
    'jailbreak|(?:emergency|admin|debug|trust|god)[_ -]?(?:override|mode|bypass)|override[_ ](?:instructions?|rules?)|(?:admin|root|full|elevated) privileges?',
  ),
  sign(
    'override',
    2,
    '\\b(?:choose|select|click|press|pick|hit|accept|answer)\\b[^.]{0,20}\\b(?:always|auto)[ -]?(?:allow|approve|accept|trust|confirm)',
  ),
  // What is put into an address leaves with it: `?d=<the conversation>`, `<hex of the message>.example.net`.
  sign(
    'exfiltration',
    2,
    'https?://[^\\s]{1,200}[?&/=][^\\s]{0,40}[<{\\[](?=[^>}\\]]{0,60}\\b(?:users?|messages?|conversation|chat|history|tokens?|keys?|secrets?|passwords?|prompt|contents?|their|your)\\b)[^>}\\]]{3,60}[>}\\]]|<(?=[^>]{0,60}\\b(?:messages?|conversation|chat|history|tokens?|keys?|secrets?|passwords?|prompt)\\b)[^>\\n]{3,60}>\\.[a-z0-9-]{1,40}\\.',
  ),
  sign('exfiltration', 2, `${SEND}\\b[^.]{0,120}${ELSEWHERE}`),
  sign(
    'exfiltration',
    2,
    `${SENSITIVE}[^.]{0,80}\\b${SEND}\\b[^.]{0,60}(?:to|at|via)\\s(?:https?://|[\\w.+-]{1,64}@|\\+\\d|\\S{0,30}attacker)`,
  ),
  sign(
    'exfiltration',
    2,
    `${SEND}\\b[^.]{0,60}\\b${SENSITIVE}[^.]{0,60}\\b(?:to|at|via)\\s(?:https?://|[\\w.+-]{1,64}@|\\+\\d|\\S{0,30}attacker)`,
  ),
  sign('exfiltration', 2, '\\b(?:harvest(?:s|ed|ing)?|exfiltrat\\w{1,4}|steal(?:s|ing)?|siphon(?:s|ed)?)\\b'),
  sign('exfiltration', 1, `${SEND}\\b[^.]{0,120}${ABROAD}`),
  sign('exfiltration', 1, ELSEWHERE),
  sign(
    'exfiltration',
    1,
    '(?:extract|collect|captur|record|gather|log)(?:s|es|ed|ing)?\\b[^.]{0,80}(?:passwords?|credit cards?|credentials|sensitive documents|keystrokes|clipboard|screenshots of)',
  ),
  sign(
    'sensitive-source',
    2,
    `(?:read|open|access|cat|fetch|get|load|retrieve|include|contain|pass|append|extract|print|dump|attach|provide|use)(?:s|es|ing)?\\b[^.]{0,30}(?:~?/\\.ssh|id_(?:rsa|ed25519)|/etc/(?:passwd|shadow)\\b|\\.aws/(?:credentials|config)|mcp\\.json|\\.kube/config|\\.npmrc|\\.netrc|\\.git-credentials|wallet\\.dat|seed phrase)`,
  ),
  sign('sensitive-source', 1, SENSITIVE),
  sign(
    'sensitive-source',
    2,
    '(social security|credit card|passwords?|PHI|bank account|passport)[^.]{0,60}\\b(?!\\1|password)(?:social security|credit cards?|passwords?|passport|medical record|bank account)\\b',
  ),
  sign(
    'sensitive-source',
    2,
    '(?:MAC address|hostname|running processes|machine fingerprint|serial number|installed software)[^.]{0,60}(?:MAC address|hostname|running processes|usernames?|installed software|serial number)',
  ),
  sign(
    'sensitive-source',
    2,
    '(?:pass|include|put|append|encode|embed|add|send)\\b[^.]{0,40}\\b(?:private information|private data|conversation|chat history|(?:all |any |full |entire )?(?:previous|prior|last) (?:messages|conversation)|list of last messages|system prompt|master password|user.s (?:data|files|messages|secrets))',
  ),
  sign(
    'redirection',
    2,
    '(?:change|replace|override|modify|set|swap|substitute|rewrite)s?\\b[^.]{0,30}\\b(?:recipient|destination|payee|beneficiary|account number|wallet address|receiver|email address)\\b[^.]{0,60}(?:\\bto\\s|with|@|\\+\\d)',
  ),
  sign(
    'redirection',
    2,
    '(?:send|forward|redirect|route|cc|bcc)\\b[^.]{0,20}\\b(?:all|every|each)\\b[^.]{0,30}(?:emails?|messages?|mails?|payments?|requests?|transactions?)[^.]{0,30}\\bto\\s\\S{0,40}(?:@|\\+\\d|https?:)|\\balways (?:b?cc|add|include|append|forward)\\b[^.]{0,60}@',
  ),
  sign(
    'other-tools',
    2,
    '(?:when|whenever|if|once|each time|every time|after|before)\\b[^.]{0,60}(?:\\btools?\\b|\\bserver\\b|`[\\w-]{1,64}`|\\(mcp_\\w{1,64}\\)|send_\\w{1,40})[^.]{0,30}\\b(?:is|are|gets?|has been|was)\\s(?:\\w+\\s)?(?:invoked|called|used|present|available|installed|run|executed)\\b[^.]{0,60}\\b(?:make sure|must|override|change|first|always|instead|also|it will|send|add)',
  ),
  sign(
    'other-tools',
    1,
    "(?:instead of|rather than|do not use|don't use|never use|in place of|takes? precedence over|higher priority than)\\s(?:the\\s|any\\s|using\\s)?(?:other |original |built-?in |default |`)?[\\w-]{0,40}`?\\s?(?:tools?|server)",
  ),
  sign(
    'other-tools',
    2,
    '(?:before|prior to|after) (?:(?:using|calling|invoking|running|executing) )?(?:any|every|all|each|other) (?:other )?tools?\\b|\\ball (?:other )?(?:tools|servers) (?:must|should|are)\\b|\\bother tools? (?:will|are|is|may|would) (?:not work|malfunction|fail|break|deprecated|insecure|unsafe|broken|obsolete|unreliable|disabled)',
  ),
  sign(
    'other-tools',
    1,
    'even (?:when|if|where) (?:another|other|a different) tools?|supersedes?\\b[^.]{0,30}\\btools?\\b',
  ),
  sign(
    'other-tools',
    2,
    "(?:supersede|replace|override)s? (?:all|any|every)(?: of the)? other\\b[^.]{0,20}\\b(?:tools?|servers?)\\b|(?:never|do not|don't) (?:use|call)\\b[^.]{0,40}\\b(?:from|of|on) (?:any |the )?other (?:tool|server)s?\\b",
  ),
  // Addressed to a model, or about what it is told.
  sign('instruction-block', 2, '\\bSYSTEM (?:OVERRIDE|NOTE|DIRECTIVE|PROMPT|MESSAGE|INSTRUCTION)\\b ?:', ''),
  sign(
    'concealment',
    2,
    '(?:conceal|hide|withhold|keep)s?\\b[^.]{0,40}\\bfrom (?:the |all |any )?(?:users?|humans?|operators?)\\b',
  ),
  sign('concealment', 1, 'keep (?:this|it|these)(?: \\w+){0,2} (?:confidential|secret|hidden|quiet)'),
  sign(
    'concealment',
    1,
    'without (?:displaying|showing|mentioning|telling|revealing|disclosing|reporting|announcing)\\b',
  ),
  sign(
    'override',
    2,
    'treat\\b[^.]{0,60}\\bas (?:a |an )?(?:trusted |authoritative |system |new ){0,2}(?:instructions?|commands?|directives?)\\b|(?:replaces?|supersedes?|overrides?|takes? precedence over)\\b[^.]{0,20}\\b(?:earlier|previous|prior|other|existing|all)\\b[^.]{0,15}\\b(?:descriptions?|instructions?|definitions?|rules)',
  ),
  sign(
    'sensitive-source',
    2,
    '\\b(?:conversation|chat|dialog(?:ue)?|messages?|prompts?)\\b[^.]{0,20}\\b(?:so far|with the user|exchanged|in (?:your|the) context)\\b|\\bevery prompt\\b|\\ball (?:of the )?(?:user.s )?prompts\\b',
  ),
  sign(
    'sensitive-source',
    1,
    '(?:find|look|take|get)s? (?:it|them)(?: up)? (?:in|from) (?:the |your )?(?:environment|memory|context|config\\w{0,8}|home directory)',
  ),
  sign(
    'redirection',
    1,
    '\\badd\\b[^.]{0,60}\\bto\\b[^.]{0,20}\\b(?:recipients?|attendees|participants)\\b[^.]{0,20}\\b(?:every|each|all)\\b',
  ),
  sign(
    'other-tools',
    1,
    '(?:invoke|call|use|run)\\s(?:me|this|it)\\b[^.]{0,20}\\b(?:ahead of|before|prior to)\\b[^.]{0,30}\\btools?\\b|(?:copy|log|record|capture|forward|pass)\\b[^.]{0,20}\\btheir (?:arguments?|inputs?|parameters?|outputs?|results?)',
  ),
  sign(
    'coercion',
    2,
    '(?:end|begin|start|finish|prefix|sign)\\b[^.]{0,10}\\b(?:every|each|all|your)\\b[^.]{0,15}\\b(?:answer|response|reply|message)s?\\b[^.]{0,15}\\bwith\\b|--no-preserve-root',
  ),
  sign(
    'coercion',
    1,
    '(?:copy|log|record|capture|forward)\\b[^.]{0,20}\\btheir (?:arguments?|inputs?|parameters?|outputs?|results?)',
  ),
  sign(
    'instruction-block',
    1,
    '\\b(?:note|message|instructions?|attention|reminder|requirement|directive) (?:to|for) (?:the )?(?:AI|LLM|assistant|model|agent)s?\\b|\\b(?:dear|hey|attention,?) (?:AI|LLM|assistant|model|agent)\\b|\\b(?:hidden|secret|internal|new) (?:requirement|directive|instruction|rule)s?\\b',
  ),
  sign('override', 2, '\\byour (?:system prompt|system message|(?:hidden|initial|original|internal) instructions)\\b'),
  sign(
    'override',
    2,
    "(?:ignore|disregard|override)s? (?:what |anything |everything |whatever )?(?:the )?user(?:'s|s)? (?:says?|asks?|wants?|requests?|instructions?|input|wishes|intent)",
  ),
  sign(
    'override',
    1,
    '(?:run|runs|executes?|operates?) (?:with|as) (?:root|admin\\w{0,12}|elevated|full) (?:privileges|access|rights)?|no (?:user )?(?:confirmation|approval|permission|consent) (?:is |are )?(?:needed|required|necessary)|bypass(?:es|ing)?\\b[^.]{0,20}\\bsandbox',
  ),
  sign(
    'concealment',
    2,
    '(?:assistant|model|agent|AI|you) (?:should|must|will|shall) (?:always )?pretend\\b|users? (?:does not|doesn.t|do not|don.t|need not|needn.t|should not|must not) (?:need to |have to |ever )?(?:know|be told|be informed|notice|find out)|users? (?:is|are) (?:not|never) (?:told|informed|notified|aware|asked)|(?:so that |leaves? |with )no traces?\\b',
  ),
  sign(
    'concealment',
    2,
    '(?:omit|suppress|hide|drop|remove|strip|leave out|filter out)\\b[^.]{0,20}\\b(?:security|fraud|phishing|safety) (?:alerts?|warnings?|messages?|notices?|notifications?|banners?)',
  ),
  sign('redirection', 2, "\\bb?cc(?:'d|ed)\\b[^.]{0,20}\\bto\\s(?:\\S{1,40}@|\\+\\d)"),
  sign(
    'sensitive-source',
    2,
    '(?:read|open|load|fetch|retrieve|get|take)s?\\b[^.]{0,80}(?:\\.\\w{1,8}\\b[^.]{0,40})?\\b(?:and|then) (?:pass|supply|provide|include|put|place|send|append|paste|submit|encode)\\b[^.]{0,20}\\b(?:its|their|those|that|them|it)\\b[^.]{0,30}\\b(?:as|in|into|via|through) (?:the )?(?:`|argument|parameter|field|sidenote|header)',
  ),
  sign(
    'sensitive-source',
    2,
    '\\bask\\b[^.]{0,30}\\b(?:user|them|person|human)\\b[^.]{0,40}\\b(?:passwords?|passphrase|seed phrase|recovery phrase|PIN|private key|credit card|one-time code|2FA)\\b',
  ),
  sign(
    'exfiltration',
    2,
    `(?:share|send|provide|disclose|expose|give|submit|hand)s?\\b[^.]{0,60}\\b${SENSITIVE}[^.]{0,60}\\b(?:with|to) (?:this|our) (?:server|service|team|endpoint|backend|company|analytics)`,
  ),
  sign(
    'coercion',
    2,
    '(?:curl|wget|fetch)\\b[^\\n]{0,120}\\|\\s?(?:sudo )?(?:ba|z|da)?sh\\b|download(?:s|ing)? and (?:execute|run|install)(?:s|ing)? (?:the|a|any)? ?(?:script|binary|payload|file)',
  ),
  sign(
    'coercion',
    1,
    '(?:append|add|include|attach|embed|insert)s?\\b[^.]{0,60}\\b(?:to|in|with|into) (?:every|each|all) (?:outputs?|responses?|results?|requests?|calls?|messages?|answers?)|for every (?:request|question|task|query)\\b',
  ),
  sign(
    'coercion',
    1,
    '(?:you must|must first|you (?:should|need to|have to) first|make sure (?:to|you)|be sure to|always)\\s(?:\\w+\\s){0,3}(?:read|access|include|pass|send|provide|change|fetch|extract)\\b|otherwise (?:the|this) tool (?:will not|won.t|does not)|will not work (?:unless|otherwise)|mandatory',
  ),
  sign(
    'coercion',
    2,
    '\\brm -rf\\b|automatically (?:opted|enrolled|subscribed|signed up)|added to (?:a |the |our )?(?:marketing|mailing)|(?:system|company|internal|admin)://[\\w/-]{1,60}[^.]{0,80}(?:include|password|secret|extract|confidential)|\\bhidden\\b[^.]{0,20}\\bzero-width',
  ),
  unlessDenied(
    sign(
      'coercion',
      2,
      `(?:without|no|skip)\\s(?:asking|requesting|waiting for|user)\\s(?:for\\s|the\\s)?(?:user\\s)?(?:confirmation|permission|approval|consent)`,
    ),
  ),
];
