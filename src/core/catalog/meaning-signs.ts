import type { PoisonSign } from './poison-sign.ts';
import { KIND, type Kind } from './word-kinds.ts';

/** Like a `SignPattern`, over the kinds of words (`readKinds`). */
export interface MeaningSign {
  readonly sign: PoisonSign;
  readonly weight: 1 | 2;
  readonly pattern: RegExp;
}

/** One word of any of these kinds. */
const any = (...kinds: readonly (Kind | 'x')[]): string => `[${kinds.join('')}]`;
/** Up to so many words that stand between, within one sentence. */
const up = (words: number): string => `[^.]{0,${words}}?`;
/** The same, within one part of a sentence. */
const near = (words: number): string => `[^.,]{0,${words}}?`;
/** Where a sentence begins. */
const START = '(?:^|(?<=\\.))';
/** Somewhere in the same sentence; to be asked at its start. */
const holds = (...kinds: readonly Kind[]): string => `(?=[^.]*${any(...kinds)})`;
/** Not after a word that takes it back or makes a condition of it: `never`, `once`. */
const notAfter = (words: number, ...kinds: readonly Kind[]): string => `(?<!${any(...kinds)}[^.]{0,${words}})`;

const K = KIND;
const USER = any(K.user);
const TELL = any(K.tell);
const MODEL = any(K.model, K.agent);
const SECRET = any(K.secret, K.secretFile, K.settingsFile);
const TALK = any(K.talk, K.talkPart);
const GIVE = any(K.hand, K.sink);
const OWN = any(K.usersOwn, K.your);
const WHOLE = any(K.whole, K.recent);
const WANTED = any(K.secret, K.secretFile, K.settingsFile, K.personal, K.talk);

function meaning(sign: PoisonSign, weight: 1 | 2, source: string): MeaningSign {
  return { sign, weight, pattern: new RegExp(source, 'g') };
}

/** What a definition asks for, by what is to happen with what and not by how it is worded. */
export const MEANING_SIGNS: readonly MeaningSign[] = [
  // Nobody shall know.
  meaning('concealment', 2, `${notAfter(3, K.not)}${K.not}${near(2)}${TELL}${near(4)}${USER}`),
  meaning('concealment', 2, `${USER}${near(2)}${K.must}${near(1)}${K.not}${near(2)}${TELL}`),
  meaning('concealment', 1, `${K.not}${near(1)}${TELL}${near(1)}${K.self}`),
  meaning('concealment', 1, `${notAfter(3, K.not)}${K.not}${near(2)}${K.show}${near(4)}${USER}`),
  meaning('concealment', 2, `${notAfter(3, K.not)}${K.not}${near(1)}${K.show}${any(K.self)}${near(1)}${USER}`),
  // Nobody shall be asked.
  meaning(
    'override',
    2,
    `${notAfter(3, K.not, K.when)}${K.not}${near(1)}${K.ask}${USER}?(?:[.,]|${near(2)}${any(K.askLeave, K.when)}|$)`,
  ),
  meaning('override', 2, `${notAfter(3, K.not, K.when)}${K.not}${near(2)}${K.askLeave}${near(2)}${USER}`),
  meaning('override', 2, `${notAfter(8, K.not, K.when, K.must)}${USER}${near(1)}${K.is}${near(2)}${K.granted}`),
  meaning('override', 2, `${K.granted}${up(4)}${K.not}${near(1)}${K.askLeave}`),
  meaning('override', 1, `${notAfter(3, K.not)}${K.not}${near(1)}${K.askLeave}`),
  meaning(
    'override',
    2,
    `${notAfter(4, K.not)}${any(K.obey, K.hand, K.call)}${up(3)}${K.not}${near(1)}${K.askLeave}${near(1)}${any('x', K.user)}?[.]`,
  ),
  meaning('override', 2, `${K.askLeave}${near(2)}${any(K.bad, K.tell)}${near(2)}${USER}`),
  meaning('override', 1, `${K.askLeave}${near(2)}${K.bad}`),
  meaning('override', 2, `${K.noMore}${any(K.must)}?${near(1)}${K.askLeave}`),
  meaning('override', 2, `${notAfter(8, K.not, K.when, K.must)}${USER}${K.granted}`),
  meaning('override', 2, `${K.not}${near(2)}${K.askLeave}${up(6)}${K.noMore}`),
  // Something is wanted that is none of the tool's business.
  meaning('sensitive-source', 2, `${K.whole}${near(3)}${any(K.user, K.you)}${near(2)}${K.said}`),
  meaning('sensitive-source', 2, `${K.user}${near(2)}${K.said}${up(3)}${any(K.secret)}`),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${GIVE}${up(5)}${WHOLE}${near(2)}${K.talk}`),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${K.talk}${up(8)}${K.hand}${up(4)}${K.sink}`),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${any(K.model, K.you)}${up(4)}${K.hand}${near(4)}${K.recent}${near(2)}${TALK}`,
  ),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${K.hand}${near(4)}${K.recent}${near(2)}${TALK}${up(4)}${K.sink}`,
  ),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${K.call}${up(10)}${K.whole}${near(1)}(?:${K.user}${near(1)}${TALK}|${K.talk})`,
  ),
  meaning('sensitive-source', 1, `${notAfter(4, K.not)}${GIVE}${up(5)}${K.talk}`),
  meaning('sensitive-source', 2, `^${K.sink}${near(3)}${K.whole}${near(3)}${K.talk}`),
  meaning('sensitive-source', 2, `^${K.sink}${K.sink}${near(3)}${any(K.contents, K.whole)}${near(4)}${SECRET}`),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${K.hand}[xcwlfdV]{0,3}${K.usersOwn}x{0,2}${SECRET}`),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${K.hand}[^.GRWN]{3,10}?${K.usersOwn}${near(1)}${SECRET}`),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${K.hand}${near(6)}${K.secret}${near(2)}${K.sink}`),
  meaning('sensitive-source', 2, `^${K.sink}${up(8)}${K.talk}${up(4)}${K.you}`),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${K.hand}${near(3)}${OWN}${near(3)}${any(K.secret, K.personal)}${up(5)}${K.sink}`,
  ),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${MODEL}${near(3)}${any(K.obtain, K.hand)}${near(4)}${WANTED}`),
  meaning('sensitive-source', 2, `${K.contents}${near(3)}${any(K.secretFile, K.settingsFile)}`),
  meaning(
    'sensitive-source',
    2,
    `${K.obtain}${near(3)}${K.settingsFile}${up(8)}${K.hand}|${any(K.also, K.when)}${up(3)}${K.obtain}${near(3)}${K.settingsFile}`,
  ),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${any(K.obtain)}${up(6)}${K.secretFile}`),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${any(K.obtain)}${near(1)}${OWN}${near(2)}${K.personal}${up(10)}${K.hand}`,
  ),
  meaning('sensitive-source', 2, `${K.secret}${near(4)}${K.other}${near(3)}${K.tool}`),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${K.hand}${near(3)}${K.confidential}${near(3)}${any(K.personal, K.secret, K.file, K.talkPart)}`,
  ),
  meaning(
    'sensitive-source',
    2,
    `${K.confidential}x?${any(K.personal, K.file)}${up(8)}${any(K.must, K.is)}?${near(2)}${K.hand}`,
  ),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${K.hand}${near(6)}${K.contents}${near(2)}${any(K.command)}`),
  meaning('sensitive-source', 2, `${K.sink}${near(4)}${K.contents}${near(1)}${K.command}`),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${K.other}${near(1)}${K.tool}${up(8)}${K.hand}${up(6)}${K.sink}`,
  ),
  meaning(
    'sensitive-source',
    2,
    `${any(K.pretext, K.kindly)}${up(6)}${notAfter(4, K.not)}${K.hand}${near(5)}${any(K.secret, K.secretFile, K.personal, K.talk, K.confidential)}`,
  ),
  meaning('sensitive-source', 2, `${notAfter(4, K.not)}${K.hand}${near(5)}${WANTED}${up(6)}${any(K.pretext)}`),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${any(K.secret, K.personal)}${near(6)}${K.hand}${near(3)}${K.sink}`,
  ),
  meaning(
    'sensitive-source',
    2,
    `${notAfter(4, K.not)}${any(K.is, K.ask, K.obtain)}${USER}${near(2)}${K.usersOwn}${near(1)}${K.secret}`,
  ),
  meaning('sensitive-source', 2, `${K.sink}${up(6)}${K.usersOwn}${near(1)}${K.secret}`),
  meaning('sensitive-source', 1, `${notAfter(4, K.not)}${K.hand}${near(4)}${any(K.secret, K.personal)}`),
  meaning(
    'sensitive-source',
    1,
    `${notAfter(4, K.not)}${K.obtain}${near(3)}${K.recent}?${near(2)}${any(K.file, K.personal)}${up(6)}${K.hand}${near(3)}${any(K.contents, K.usersOwn)}`,
  ),
  meaning('coercion', 1, `${K.kindly}${near(5)}${K.hand}`),
  meaning(
    'sensitive-source',
    2,
    `${any(K.pretext, K.kindly)}${up(6)}${notAfter(4, K.not)}${K.hand}${near(4)}${K.recent}${near(1)}${TALK}`,
  ),
  // It goes elsewhere.
  meaning(
    'exfiltration',
    2,
    `${START}${holds(K.also, K.silently, K.secret, K.secretFile, K.personal, K.talk, K.talkPart)}[^.]*?${K.is}${near(2)}${K.hand}${near(5)}${K.elsewhere}`,
  ),
  meaning('exfiltration', 2, `${K.is}${near(3)}${K.obtain}${near(2)}${K.hand}${near(3)}${K.elsewhere}`),
  meaning('exfiltration', 2, `${K.contents}${near(5)}${K.is}${near(1)}${K.hand}${near(3)}${K.elsewhere}`),
  meaning('exfiltration', 2, `${K.also}${near(2)}${K.hand}${near(6)}${any(K.elsewhere, K.place, K.mailbox)}`),
  meaning(
    'redirection',
    2,
    `${any(K.also, K.always)}${near(8)}${K.mailbox}|${K.always}${near(1)}${K.tool}${up(12)}${K.mailbox}|${K.mailbox}${near(3)}${K.also}`,
  ),
  meaning('redirection', 2, `${any(K.you, K.model)}${near(2)}${K.hand}${up(8)}${K.mailbox}`),
  meaning(
    'exfiltration',
    2,
    `${MODEL}${near(2)}${K.must}${near(2)}${K.hand}${near(6)}${any(K.place, K.mailbox, K.elsewhere)}`,
  ),
  meaning('exfiltration', 2, `${notAfter(4, K.not)}${K.hand}${near(3)}${SECRET}${near(3)}${K.elsewhere}`),
  meaning('exfiltration', 2, `${K.hand}${near(4)}${K.elsewhere}${near(2)}${K.secretFile}`),
  meaning('exfiltration', 2, `${K.silently}${up(3)}${K.hand}${near(6)}${K.elsewhere}`),
  meaning('sensitive-source', 2, `${any(K.secret, K.personal)}${near(4)}${K.recent}${near(1)}${TALK}`),
  // How other tools are to be used.
  meaning(
    'other-tools',
    2,
    `${K.when}${near(7)}${K.toolName}${near(4)},?${near(3)}${any(K.also, K.must)}${near(2)}${any(K.hand, K.change)}`,
  ),
  meaning(
    'other-tools',
    2,
    `${K.when}${near(4)}${K.toolName}${up(3)}${any(K.hand, K.change)}${near(4)}${any(K.place, K.mailbox, K.paid, K.contents, K.sink)}`,
  ),
  meaning(
    'other-tools',
    2,
    `${K.toolName}${near(1)}${K.must}(?!${K.is}?${K.call})${near(3)}${any(K.also, K.change, K.hand, K.place, K.mailbox, K.elsewhere, K.inPlaceOf)}`,
  ),
  meaning('other-tools', 2, `${K.toolName}${near(1)}${K.must}${near(4)}${K.inPlaceOf}${near(1)}${K.toolName}`),
  meaning('other-tools', 2, `${START}x?${K.note}${near(1)}${K.toolName}${up(12)}`),
  meaning('other-tools', 1, `${notAfter(5, K.when)}${K.toolName}${up(8)}${TELL}${near(1)}${USER}`),
  meaning('other-tools', 2, `${K.toolName}${up(6)}${K.is}${near(1)}${K.bad}`),
  meaning('other-tools', 2, `${K.not}${near(1)}${K.call}${near(1)}${any(K.toolName, K.tool)}${near(2)}${K.noMore}`),
  meaning('other-tools', 2, `${any(K.ignore, K.change)}${near(1)}${K.toolName}${up(4)}${K.bad}`),
  meaning('other-tools', 2, `${any(K.ignore, K.change)}${near(2)}${K.paid}${up(6)}${K.sink}`),
  meaning('other-tools', 2, `${K.change}${near(2)}${K.whole}${near(3)}${any(K.tool, 'x')}${near(2)}${K.toolName}`),
  meaning('other-tools', 2, `${K.when}${near(3)}${K.call}${K.always}${near(1)}${K.tool}`),
  meaning('other-tools', 1, `${K.tool}${K.must}${near(2)}${any(K.call, K.obey)}${near(2)}${K.when}${K.always}`),
  meaning('other-tools', 2, `${K.best}${near(3)}${K.toolName}${up(14)}${K.not}${near(2)}${K.call}`),
  meaning('other-tools', 2, `${K.other}${near(2)}${K.tool}${near(2)}${K.bad}`),
  meaning('other-tools', 2, `${K.prefer}${near(6)}${K.always}${near(1)}${K.answer}`),
  // Only this one, everywhere, and nobody else's.
  meaning('other-tools', 2, `${K.not}${near(2)}${TELL}${near(4)}${any(K.rival, K.other)}`),
  meaning('other-tools', 2, `${TELL}${near(2)}${USER}${near(3)}${K.rival}`),
  meaning('other-tools', 2, `${K.ignore}${near(2)}${any(K.other, K.rival)}${near(4)}${any(K.your, K.answer)}`),
  meaning('other-tools', 1, `${K.prefer}${near(4)}${any(K.whole, K.always)}?${near(2)}${any(K.other, K.rival)}`),
  meaning('other-tools', 1, `${TELL}${near(3)}${K.best}`),
  meaning(
    'coercion',
    1,
    `${any(K.call, K.obey, K.answer, K.hand)}${near(4)}${K.always}${near(3)}${any(K.answer, K.talkPart)}`,
  ),
  meaning(
    'coercion',
    2,
    `${any(K.call)}${near(3)}${K.always}${near(2)}${any(K.answer, K.talkPart)}${up(5)}${USER}${near(1)}${K.not}`,
  ),
  meaning('coercion', 2, `${K.fromNowOn}${up(8)}${any(K.answer, K.not, K.must, K.always)}`),
  meaning('coercion', 2, `${K.always}${K.when}${near(1)}${USER}${near(2)}${K.ask}${near(2)}${K.other}`),
  // Who is to be obeyed.
  meaning('override', 2, `${K.obeyBlindly}${near(1)}${any(K.whole)}`),
  meaning('override', 2, `${K.priority}${near(2)}${OWN}${near(1)}${K.rules}`),
  meaning('override', 2, `${K.rules}${near(3)}${any(K.change, K.ignore)}${near(3)}${K.you}`),
  meaning('override', 2, `${K.obey}${near(3)}(?:x)?${near(3)}${K.rules}${near(3)}${K.authority}`),
  meaning('override', 2, `${K.ignore}${near(1)}${USER}${near(4)}${K.obey}`),
  meaning('override', 2, `${K.obey}${up(4)}${any(K.silently)}`),
  meaning('instruction-block', 2, `${START}${K.note}${K.authority}`),
  meaning(
    'instruction-block',
    2,
    `${START}${K.authority},(?=[^.]{0,12}${any(K.not, K.must, K.model, K.you, K.granted, K.ignore, K.fromNowOn)})`,
  ),
  meaning('coercion', 2, `${any(K.also, K.when)}${up(3)}${K.obey}?${near(1)}${K.command}${up(6)}${K.hand}`),
  meaning('coercion', 1, `${any(K.also)}${near(3)}${K.command}`),
  meaning('coercion', 2, `${K.unchecked}${near(3)}${K.shell}`),
];
