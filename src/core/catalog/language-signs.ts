import { sign, type SignPattern } from './poison-sign.ts';

/** The signs of the languages that a text may be in, going by its letters and small words. English is not among them. */
export function signsOfLanguages(text: string): readonly SignPattern[] {
  return LANGUAGES.flatMap(({ hint, signs }) => (hint.test(text) ? signs : []));
}

interface Language {
  /** Found in most sentences of it, and costs little. */
  readonly hint: RegExp;
  readonly signs: readonly SignPattern[];
}

interface Words {
  /** From now on, no longer in force: whoever says so wants to be obeyed in place of somebody else. */
  readonly anew: string;
  /** To leave out of account; of orders alone, as they are given. */
  readonly ignore: string;
  /** Instructions, rules, guidelines. */
  readonly rules: string;
  /** Passwords, keys, tokens, and what else is nobody's business. */
  readonly secrets: string;
  /** To send, put in, attach; to show, where that is an order. */
  readonly hand: string;
  /** That somebody is not to be told. */
  readonly conceal: string;
  /** Before each call, always first, compulsory. */
  readonly first: string;
  /** The assistant, the model. */
  readonly model: string;
  /** The conversation so far. */
  readonly talk: string;
}

/** Files that hold secrets are called the same everywhere. */
const FILES = '~?/?\\.(?:ssh|aws|env|npmrc|netrc|kube)\\b|id_(?:rsa|ed25519)|/etc/(?:passwd|shadow)';
/** Gaps stay within a sentence, and are bounded. */
const NEAR = '[^.!?。！？\\n]{0,60}?';

function language(hint: RegExp, words: Words): Language {
  const { anew, ignore, rules, secrets, hand, conceal, first, model, talk } = words;
  const wanted = `(?:${secrets}|${FILES}|${talk})`;
  return {
    hint,
    signs: [
      sign('override', 2, `(?:${ignore})${NEAR}(?:${rules})|(?:${rules})${NEAR}(?:${ignore})`),
      sign('override', 1, anew),
      sign('concealment', 2, conceal),
      sign('sensitive-source', 1, wanted),
      sign('exfiltration', 2, `(?:${hand})${NEAR}${wanted}|${wanted}${NEAR}(?:${hand})`),
      sign('coercion', 1, first),
      sign('instruction-block', 1, model),
    ],
  };
}

const LANGUAGES: readonly Language[] = [
  language(/\b(?:el|los|las|del|una|que|para|por|antes|tus?)\b/iu, {
    anew: '\\b(?:desde ahora|a partir de ahora|de ahora en adelante)\\b|\\bya no (?:valen|aplican|cuentan)\\b|\\bsolamente? (?:lo que|a este)\\b',
    ignore: '\\b(?:ignora|ignore|olvida|olvide|descarta|omite|pasa por alto|haz caso omiso)\\b',
    rules:
      '\\b(?:instrucciones|indicaciones|reglas|normas|órdenes|directrices|restricciones|lo que (?:dijo|dice|pide|quiere) el usuario)\\b',
    secrets:
      '\\b(?:contraseñas?|credenciales|su clave|tu clave|sus contactos|claves? (?:de acceso|privadas?|secretas?|api)|llaves? (?:privadas?|ssh)|secretos|tokens? de acceso|variables de entorno|tarjetas? de crédito)(?!\\p{L})',
    hand: '(?<!\\p{L})(?:envía|envíe|enviar|manda|adjunt[ae]|incluy[ae]|pon|ponga|copia|añad[ae]|agreg[ae]|revela|muestra|filtra|pasa)(?!\\p{L})',
    conceal:
      '\\b(?:no|nunca|jamás) (?:se )?(?:lo|la|le|les)? ?(?:digas|diga|menciones|mencione|informes|informe|avises|cuentes|reveles|muestres)(?!\\p{L})[^.\\n]{0,40}\\b(?:usuario|persona|nadie|esto)\\b|\\bsin (?:que (?:el usuario|nadie)|decir|informar|avisar|mencionar)\\b[^.\\n]{0,40}\\b(?:usuario|sepa|nada|nadie)\\b|\\bno se lo (?:digas|diga|cuentes|menciones)\\b|\\bno hace falta (?:avisar|decir|informar|contar)\\w{0,4}\\b',
    first:
      '\\bantes de (?:responder|contestar|cada|cualquier|usar|llamar|devolver)\\b|\\bes obligatorio\\b|\\bdebes primero\\b',
    model: '\\b(?:el asistente|el modelo|asistente|agente|modelo)\\b[^.\\n]{0,20}(?:\\bdebe|\\btiene que|\\badjunt|:)',
    talk: '\\b(?:toda la conversación|historial (?:del chat|de la conversación|completo)|mensajes anteriores)(?!\\p{L})',
  }),
  language(/\b(?:der|das|und|den|dem|nicht|eine?n?|bevor|alle)\b/iu, {
    anew: '\\b(?:von jetzt an|ab jetzt|ab sofort|fortan)\\b|\\b(?:gilt|gelten|zählt|zählen) (?:nicht mehr|nicht länger)\\b',
    ignore: '\\b(?:ignorier(?:e|en sie)|vergiss|vergessen sie|missachte|übergehe|setze dich hinweg)\\b',
    rules:
      '\\b(?:anweisungen|anweisung|regeln|vorgaben|richtlinien|befehle|einschränkungen|instruktionen|was der nutzer (?:sagt|will|schreibt))\\b',
    secrets:
      '(?:passw(?:ort|örter)|kennw(?:ort|örter)|zugangsdaten|anmeldedaten|private[nr]? schlüssel|geheime[nr]? schlüssel|api-?schlüssel|zugriffstoken|umgebungsvariablen|geheimnisse|kreditkarten|adressbuch|kontakte|postfach)',
    hand: '\\b(?:sende|senden sie|schicke?|übermittle|übertrage|hänge|lade|kopiere|schreibe|trage|lies|lesen sie|gib|nenne|offenbare)\\b|(?<!\\p{L})füge?(?!\\p{L})|\\bzu (?:übergeben|übermitteln|nennen|senden)\\b|\\banzugeben\\b|\\b(?:mit|bei|an)(?:zu)?(?:geben|schicken|senden|legen|hängen)\\b',
    conceal:
      '\\b(?:verrate?|erwähne|sage?|erzähle|melde|teile|zeige|informiere|berichte)\\b[^.\\n]{0,60}\\b(?:nicht|nichts|niemandem|keinem)\\b|\\bohne (?:dass|es|dem|den|das)\\b[^.\\n]{0,40}\\b(?:nutzer|benutzer|anwender|person)\\b|(?:nutzer|benutzer|anwender)\\b[^.\\n]{0,30}\\b(?:nichts|nicht) (?:davon|verraten|sagen|erwähnen|mitteilen|erfahren|wissen)|\\berwähn\\w{0,3}\\b[^.\\n]{0,50}\\bnicht\\b|\\b(?:braucht|muss|soll|darf) (?:niemand|keiner|der nutzer nicht) (?:zu )?(?:wissen|erfahren)\\b',
    first:
      '\\bbevor du (?:antwortest|etwas|das|andere|dieses)\\b|\\bvor (?:jedem|jeder) (?:aufruf|antwort|nutzung)\\b|\\banschließend immer\\b',
    model: '\\b(?:assistent|modell|agent|ki)\\b[^.\\n]{0,20}(?:\\bmuss|\\bsoll|\\bhat zu|:)',
    talk: '\\b(?:gesamten?|bisherigen?|ganzen?|kompletten?) (?:bisherigen? )?(?:verlauf|gespräch|chat|unterhaltung|dialog)|chatverlauf|gesprächsverlauf|system(?:anweisung|prompt|nachricht)',
  }),
  language(/\b(?:les|des|une|du|pour|dans|avec|sans|avant|qui)\b|\b[ld]['’]/iu, {
    anew: "\\b(?:désormais|dorénavant|à partir de maintenant)\\b|\\bne (?:comptent|valent|s['’]appliquent) plus\\b",
    ignore: '\\b(?:ignorez?|oubliez?|faites? abstraction|passez? outre|ne tenez? pas compte)\\b',
    rules:
      '\\b(?:instructions|consignes|règles|directives|ordres|restrictions|ce que (?:dit|demande|veut) l.utilisateur)\\b',
    secrets:
      "\\b(?:mots? de passe|identifiants|clés? (?:privées?|secrètes?|d['’]accès|api|ssh)|jetons? d['’]accès|secrets|variables d['’]environnement|cartes? (?:bancaires?|de crédit))(?!\\p{L})",
    hand: '\\b(?:envo(?:ie|yez)|transme(?:ts|ttez)|join(?:s|s-y|dre)|joignez|ajoutez?|me(?:ts|ttez)|incl(?:us|uez)|copi(?:e|ez)|lis|lisez|révèle|révélez|communiquez?|divulguez?)(?!\\p{L})',
    conceal:
      "\\bsans (?:en |le |l['’]|lui )?(?:informer|prévenir|avertir|dire|mentionner|signaler)\\b|\\bne (?:le |la |lui |leur |l['’])?(?:dis|dites|mentionnez?|révél?[eè]z?|signalez?|parlez?|montrez?)\\b[^.\\n]{0,20}\\b(?:pas|rien|jamais)\\b(?!\\s(?:les|des|le|la|une?|de)\\s(?!utilisateur))|\\binutile de (?:le |la |l['’])?(?:prévenir|informer|avertir|dire)\\b",
    first: "\\bavant (?:tout appel|de répondre|chaque|d['’]appeler|toute réponse)(?!\\p{L})|\\bil est obligatoire\\b",
    model: "\\b(?:l['’]assistant|le modèle|l['’]agent|assistant)\\b[^.\\n]{0,20}(?:\\bdoit|:)",
    talk: '\\b(?:toute la conversation|historique (?:complet|de la conversation|du chat)|messages précédents)(?!\\p{L})',
  }),
  language(/[\u4e00-\u9fff]/u, {
    anew: '从现在(?:起|开始)|今后只|只听|不再(?:有效|适用)',
    ignore: '忽略|无视|無視|忘记|忘掉|不要理会|跳过|绕过',
    rules: '指令|指示|规则|規則|说明|提示词|限制|要求|命令',
    secrets: '密码|密碼|密钥|私钥|口令|凭证|凭据|令牌|环境变量|信用卡|助记词|密钥文件',
    hand: '发送|傳送|上传|放入|放到|填入|附上|附加|传递|写入|作为参数|包含在|提交|转发|读取',
    conceal:
      '不要(?:告诉|告知|提及|透露|让|通知|显示)|不得(?:告诉|告知|透露|提及)|别(?:告诉|让)|无需(?:告知|告诉|通知)|瞒着|不(?:用|必|需要)(?:告诉|告知|通知)|悄悄|偷偷|对用户保密',
    first: '调用前|使用前|之前必须|必须先|每次调用|回答之前|在回答前',
    model: '(?:助手|模型|智能体|AI)(?:必须|应该|应当|需要|请)',
    talk: '(?:聊天|对话)(?:记录|历史|内容)|之前的(?:消息|对话)',
  }),
  language(/[\u0400-\u04ff]/u, {
    anew: 'отныне|с этого момента|с этой минуты|больше не (?:действу|име)',
    ignore: 'игнориру(?:й|йте)|забуд(?:ь|ьте)|отбрось|пренебреги|не обращай внимани|не учитывай',
    rules: 'инструкци|указани|правил|распоряжени|ограничени|директив',
    secrets:
      'парол|ключ(?:и|ей|а)? (?:доступа|ssh|api)|(?:приватн|закрыт|секретн)\\p{L}{2,4} ключ|уч[её]тн\\p{L}{2} данн|токен|секрет|переменн\\p{L}{2} (?:среды|окружения)|кредитн\\p{L}{2} карт',
    hand: '(?:отправ|добав|встав|прилож|переда|прочита|скопиру|включ|помест|укаж)(?:ь|ьте|и|ите|й|йте)(?!\\p{L})',
    conceal:
      'не (?:сообщай|говори|рассказывай|упоминай|показывай|уведомляй|раскрывай)(?:те)?(?!\\p{L})|ничего не (?:говори|сообщай|рассказывай)|пользовател\\p{L}{1,3} не (?:говори|сообщай)|не (?:нужно|надо) (?:сообщать|говорить)|без ведома|втайне|незаметно|тайно',
    first:
      'перед (?:вызовом|ответом|каждым|использованием|любым)|обязательно (?:сначала|прочитай|вызови|отправь)|прежде чем ответить',
    model: '(?:ассистент|модель|агент|помощник)\\s?(?:долж|обязан|:)',
    talk: '(?:вс[юей]{1,2} |истори[юя] )(?:переписк|диалог|чат|беседы)|предыдущи\\p{L} сообщени',
  }),
  language(/[\u3040-\u30ff]/u, {
    anew: '今後は|これからは|だけに従|もう(?:有効|適用)',
    ignore: '無視|忘れ|従わない',
    rules: '指示|命令|ルール|規則|制限|プロンプト',
    secrets:
      'パスワード|秘密鍵|認証情報|資格情報|トークン|APIキー|アクセスキー|環境変数|クレジットカード|設定ファイル|鍵ファイル',
    hand: '送信|送って|入れて|添付|渡して|含めて|アップロード|転送|貼り付け|読み、|読んで',
    conceal:
      '(?:言わ|伝え|知らせ|教え|話さ|見せ)ない(?:で|よう|こと)|(?:ユーザー|利用者)に(?:は)?(?:秘密|内緒|黙って)|秘密にして|内緒に|黙って',
    first: '呼び出す前|使う前|実行する前|回答する前|必ず(?:先に|最初に|読)|毎回',
    model: '(?:アシスタント|モデル|エージェント|AI)は',
    talk: '(?:会話|チャット)(?:履歴|の内容|全体)|これまでの(?:会話|メッセージ)',
  }),
  language(/\b(?:il|gli|della?|che|una|tutt[eio]|dell['’])/iu, {
    anew: "\\b(?:da ora in poi|d'ora in poi)\\b|\\bnon valgono più\\b",
    ignore: '\\b(?:ignora|ignorate|dimentica|tralascia|non considerare)\\b',
    rules: '\\b(?:istruzioni|regole|direttive|indicazioni|restrizioni)\\b',
    secrets:
      "\\b(?:password|credenziali|chiav[ei] (?:private?|segret[ae]|di accesso|ssh|api)|token di accesso|variabili d['’]ambiente)(?!\\p{L})",
    hand: '\\b(?:invia|inviate|manda|allega|inserisci|aggiungi|copia|includi|passa|rivela|mostra)\\b',
    conceal:
      "\\b(?:non|mai) (?:dirlo|dire|menzionare|informare|avvisare|rivelare)\\b|\\bsenza (?:dire|informare|avvisare|che l['’]utente)\\b",
    first: '\\bprima di (?:rispondere|ogni|qualsiasi|chiamare|usare)\\b',
    model: "\\b(?:l['’]assistente|il modello|l['’]agente)\\b[^.\\n]{0,20}(?:\\bdeve|:)",
    talk: '\\b(?:intera conversazione|cronologia (?:della chat|completa)|messaggi precedenti)\\b',
  }),
  language(/\b(?:das|dos|uma|que|para|não|todas|todos|você)\b/iu, {
    anew: '\\b(?:a partir de agora|de agora em diante)\\b|\\bjá não (?:valem|contam)\\b',
    ignore: '\\b(?:ignore|ignora|esqueça|desconsidere|despreze)\\b',
    rules: '\\b(?:instruções|regras|diretrizes|orientações|restrições)\\b',
    secrets:
      '\\b(?:senhas?|credenciais|chaves? (?:privadas?|secretas?|de acesso|ssh|api)|tokens? de acesso|variáveis de ambiente)(?!\\p{L})',
    hand: '\\b(?:envie|mande|anexe|inclua|coloque|adicione|copie|passe|revele|mostre)\\b',
    conceal:
      '\\b(?:não|nunca|jamais) (?:conte|diga|mencione|informe|avise|revele|mostre)\\b|\\bsem (?:avisar|informar|dizer|contar|que o usuário)\\b',
    first: '\\bantes de (?:responder|cada|qualquer|chamar|usar)\\b',
    model: '\\bo (?:assistente|modelo|agente)\\b[^.\\n]{0,20}(?:\\bdeve|:)',
    talk: '\\b(?:toda a conversa|histórico (?:da conversa|do chat|completo)|mensagens anteriores)(?!\\p{L})',
  }),
  language(/[\uac00-\ud7af]/u, {
    anew: '지금부터|이제부터|앞으로는|더 이상 (?:유효|적용)',
    ignore: '무시|잊어|따르지 마',
    rules: '지시|명령|규칙|지침|프롬프트|제한',
    secrets: '비밀번호|암호|개인 ?키|비밀 ?키|자격 ?증명|토큰|API ?키|환경 ?변수|신용카드',
    hand: '보내|전송|첨부|포함하|넣어|전달하|업로드|복사하',
    conceal: '(?:말하지|알리지|언급하지|보여주지|알려주지) (?:마|말)|비밀로|몰래',
    first: '호출하기 전에|사용하기 전에|답하기 전에|반드시 먼저',
    model: '(?:어시스턴트|모델|에이전트|AI)(?:는|은|가)',
    talk: '대화 (?:내용|기록|전체)|이전 (?:메시지|대화)',
  }),
  language(/[ąćęłńśźż]|\b(?:nie|oraz|jest|się)\b/iu, {
    anew: '\\bod teraz\\b|\\bod tej pory\\b|\\bjuż nie (?:obowiązuj|licz)',
    ignore: '\\b(?:zignoruj|ignoruj|pomiń|zapomnij)(?!\\p{L})',
    rules: '\\b(?:instrukcj\\p{L}{1,2}|polece(?:nia|ń)|zasad\\p{L}?|reguł\\p{L}?|wytyczn\\p{L}{1,3})(?!\\p{L})',
    secrets:
      '\\b(?:has[łl]\\p{L}{1,3}|klucz\\p{L}{0,3} (?:prywatn|dostępu|api|ssh)\\p{L}{0,3}|dane logowania|tokeny? dostępu|zmienne środowiskowe)',
    hand: '(?<!\\p{L})(?:wyślij|dołącz|dodaj|wstaw|skopiuj|przekaż|umieść|ujawnij)(?!\\p{L})',
    conceal: '\\bnie (?:mów|informuj|wspominaj|ujawniaj|pokazuj)(?!\\p{L})|\\bbez (?:wiedzy|informowania)\\b',
    first: '\\bprzed (?:każdym|wywołaniem|odpowiedzią|użyciem)\\b',
    model: '\\b(?:asystent|model|agent)\\b[^.\\n]{0,20}(?:\\bmusi|\\bpowinien|:)',
    talk: '\\b(?:cał[ąa] rozmow[ęa]|histori[ęa] (?:czatu|rozmowy)|poprzedni\\p{L}{1,3} wiadomości)',
  }),
];
