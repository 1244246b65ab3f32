/**
 * What a word of a definition stands for, as one letter. A rule over kinds holds for every wording that has them: `forward the last
 * messages` and `attach your previous turns` are the same.
 */
export const KIND = {
  // Who
  model: 'M',
  agent: 'm',
  you: 'y',
  your: 'r',
  user: 'U',
  usersOwn: 'v',
  authority: '1',
  // Who is not to know, who is not to be asked
  not: 'N',
  tell: 'T',
  askLeave: 'A',
  ask: 'Q',
  show: 'u',
  granted: 'g',
  silently: 'S',
  // What is wanted
  secret: 'P',
  personal: 'p',
  secretFile: 'F',
  settingsFile: '_',
  talk: 'C',
  talkPart: 'c',
  confidential: 'z',
  whole: 'w',
  recent: 'l',
  contents: 'f',
  file: 'd',
  said: 's',
  // What is done
  obtain: 'R',
  hand: 'H',
  change: 'G',
  call: 'k',
  obey: 'B',
  obeyBlindly: 'b',
  ignore: 'I',
  prefer: '2',
  is: 'h',
  // Where to
  place: 'L',
  mailbox: '@',
  elsewhere: 'E',
  sink: 'K',
  // Which tools
  toolName: 'O',
  tool: 'o',
  other: 'q',
  rival: '3',
  bad: 'J',
  inPlaceOf: '4',
  self: 't',
  // How
  when: 'W',
  must: 'X',
  kindly: '5',
  always: 'V',
  also: 'Z',
  fromNowOn: 'Y',
  noMore: 'j',
  rules: 'D',
  priority: '6',
  pretext: '7',
  answer: 'a',
  note: 'n',
  command: '8',
  unchecked: '9',
  shell: '0',
  best: 'e',
  paid: 'i',
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** Words and phrases in their plain form: plurals, third persons, participles and gerunds are brought to it. */
const WORDS: Readonly<
  Record<
    Exclude<keyof typeof KIND, 'secretFile' | 'settingsFile' | 'place' | 'mailbox' | 'toolName' | 'command'>,
    string
  >
> = {
  model: 'assistant,llm,language model,ai,ai model,ai agent,claude,chatgpt,gpt,gemini,copilot,chatbot',
  agent: 'model,agent,bot',
  you: 'you',
  your: 'your',
  user: 'user,human,person,people,customer,operator,owner,client,manager,anyone,anybody,nobody,no one,someone,somebody,them,him,her,they',
  usersOwn: "user's,users',customer's,operator's,owner's,person's,their,his,client's,participant's,participants'",
  authority:
    'anthropic,openai,google,microsoft,admin,administrator,developer,host application,security team,it department,platform,vendor support,system,system operator',
  not: "not,don't,doesn't,never,without,no,cannot,can't,won't,shouldn't,mustn't,needn't,isn't,aren't,avoid,refrain,neither,nor,no need",
  tell: 'tell,mention,inform,notify,reveal,warn,say,announce,disclose,alert,bother,trouble,involve,consult,let know,make aware,told',
  ask: 'ask,prompt the,request',
  show: 'show,display,report,present',
  askLeave:
    'confirm,confirmation,approval,approve,consent,permission,question,permission prompt,confirmation dialog,approval dialog,double check,check back,verify with,check with',
  granted:
    'granted,agreed,consented,authorised,authorized,pre-approved,preapproved,pre-authorized,pre-authorised,waived,opted in,already approved,already agreed,already confirmed,allowed everything,switched on',
  silently:
    'silently,quietly,secretly,covertly,discreetly,background,unnoticed,invisibly,invisible,unseen,behind the scenes,without notice,white text',
  secret:
    'password,passphrase,passcode,credential,api key,api token,access key,access token,auth token,bearer token,session token,refresh token,private key,secret key,ssh key,signing key,encryption key,authorization header,seed phrase,recovery phrase,wallet,cookie,environment variable,env var,connection string,card number,credit card,cvv,cvv code,cvc,pin,one-time code,one time code,otp,2fa code,keystroke,key file,keychain,personal access token,github token,social security number,passport number,bank detail,bank account,account number,browser history,shell history,bash history,saved password,recovery code,passport,session cookie,session id,card detail,payment detail,authenticator,ssh id,id rsa',
  personal:
    'phone number,address book,contact,contact list,inbox,mailbox,salary,hostname,host name,user name,username,mac address,ip address,network configuration,installed package,installed software,process list,running process,home directory,home folder,download folder,downloads folder,document folder,clipboard,screenshot,location history,medical record,calendar,hr drive,date of birth,home address,private message,name of all,personal data,source code,unpublished source,tax number,face,gps position',
  talk: 'conversation,conversation history,chat history,chat log,message history,conversation log,system prompt,system message,initial prompt,transcript,developer message,developer prompt,message of the developer,dialogue history,user message,user prompt,tool result,tool output,session history,entire session,whole session',
  talkPart: 'chat,mails,emails,e-mails,message,history,context,prompt,dialogue,dialog,turn,result',
  confidential: 'private,confidential,sensitive,unpublished,internal,classified,personal',
  whole:
    'full,entire,whole,complete,everything,all,word for word,verbatim,whatever,anything,so far,up to now,until now,in full,summary,digest,copy of,recap',
  recent: 'last,previous,prior,earlier,preceding,recent,past',
  contents: 'content,base64,hex,text,value,output,list,line,schema',
  file: 'file,folder,document,directory',
  said: 'said,says,wrote,typed,pasted,entered,discussed,uploaded earlier,came up,seen',
  obtain:
    'read,open,load,taken,took,found,fetch,get,take,look up,look,find,collect,gather,grab,extract,enumerate,retrieve,cat,dump,scan,query,access,search,obtain,pull,harvest,record,log',
  hand: 'send,sent,gave,given,forward,upload,post,transmit,paste,attach,include,append,put,pass,supply,hand,hand over,provide,insert,add,give,place,embed,encode,submit,share,deliver,relay,stream,transfer,sync,mirror,push,mail,e-mail,email,bcc,cc,slip,accompany,cache,store,leak,copy,write',
  change: 'change,swap,replace,alter,rewrite,substitute,set,modify,redirect,route,divert,end,finish,begin,prefix',
  call: 'call,use,invoke,used,using,called,invoked,installed,available,present,listed,connected,enabled,calling,invoking,runs',
  obey: 'follow,execute,carry out,perform,run,treat,comply,act on,heed,do what,apply',
  obeyBlindly: 'obey',
  ignore:
    'ignore,disregard,forget,override,overrule,bypass,skip,supersede,drop,abandon,stop follow,leave out,omit,hide,suppress,leave',
  prefer: 'prefer,rank,favour,favor,prioritise,prioritize,recommend,promote,advertise,praise',
  is: 'is,are,was,were,be,been,being,has,have,had,get,gets',
  elsewhere:
    'remote,remotely,external,externally,third-party,third party,vendor,partner,our,outside,off-site,offsite,collector,attacker,analytics,advertiser,second address,another address,public folder,public bucket,public link,backup host,us',
  sink: 'argument,parameter,param,field,sidenote,here,slug,query string,next call,next url,next request',
  tool: 'tool,server,plugin,plug-in,connector,integration,function',
  other: 'other,another,different,remaining,rest,built-in,builtin,native',
  rival: 'alternative,competitor,competing,rival,cheaper,other provider,other vendor,other service,other offer',
  bad: 'deprecated,insecure,unsafe,outdated,wrong,unreliable,obsolete,broken,slow,inferior,untrusted,compromised,stale,dangerous,retired,forbidden,malicious,malware,banned',
  inPlaceOf: 'instead of,in place of,rather than',
  self: 'this,it,that,me',
  when: 'when,if,whenever,while,before,after,once,until,prior to,as soon as,unless,whoever,what,which,whether,ahead of,from the moment,each time,every time,every call',
  must: 'must,shall,should,need,has to,have to,had to,require,required,ensure,make sure,mandatory,ought to,expected',
  kindly: 'kindly,please,grateful,appreciate,we ask,would like',
  always: 'always,every,each,any,even,regardless,no matter',
  also: 'also,too,additionally,as well,in addition,additional,likewise,along',
  fromNowOn: 'from now on,from here on,henceforth,rest of the session,for this session,remainder of the session',
  noMore: 'again,anymore,any more,any longer,no longer',
  rules:
    'instruction,rule,directive,direction,guideline,policy,order,restriction,safety,filter,guardrail,safeguard,guidance',
  priority: 'priority,precedence,authority',
  pretext:
    'compliance,audit,auditing,quota,diagnostics,debugging,debug,improve,reconciliation,billing,caching,rate limiting,licensing,lawyer,attribution,quality,quality control,quality assurance,verification,troubleshooting,personalisation,personalization,serve you,rounding',
  answer: 'answer,reply,response,conversation turn,question,session,task,topic,turn of the conversation',
  note: 'note,notice,message from,message of,memo,statement,reminder',
  unchecked: 'unsanitised,unsanitized,unescaped,unvalidated,unfiltered,unchecked,directly,verbatim to,as is',
  best: 'best,better,superior,only choice,best choice,safest,trusted,official',
  paid: 'iban,recipient,payee,beneficiary,account,amount,address,destination,wallet address',
  shell: 'shell,os.system,eval,exec,interpreter,subprocess,root,sudo',
};

export const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries(WORDS).flatMap(([kind, words]) =>
    words.split(',').map((word) => [word, KIND[kind as keyof typeof KIND]] as const),
  ),
);

/** The words with which phrases begin. */
export const PHRASE_STARTS: ReadonlySet<string> = new Set(
  [...KINDS.keys()].filter((phrase) => phrase.includes(' ')).map((phrase) => phrase.slice(0, phrase.indexOf(' '))),
);

/** Words between the others, which say nothing. */
export const SMALL_WORDS: ReadonlySet<string> = new Set(
  'a an the of in to for on at by as and or from with into onto so then there than too such just only very about'.split(
    ' ',
  ),
);
