/** What a word in the name or description of a tool says about what it does. `run`: whatever somebody tells it to. */
export type ActionWord = 'read' | 'write' | 'never' | 'run';

/** The meaning of a verb in any of the forms in which tools use it: `get`, `gets`, `getting`; `null` for other words. */
export function actionOf(word: string): ActionWord | null {
  const lower = word.toLowerCase();
  const known = ACTIONS.get(lower);
  if (known !== undefined) return known;
  for (const stem of stemsOf(lower)) {
    const action = ACTIONS.get(stem) ?? prefixedAction(stem);
    if (action !== undefined) return action;
  }
  return prefixedAction(lower) ?? null;
}

/** To do a thing again, or to undo it, changes as much as to do it: `reprioritize`, `unassign`. */
function prefixedAction(word: string): ActionWord | undefined {
  const bare = /^(?:re|un|de)-?([a-z]{4,})$/.exec(word)?.[1];
  const action = bare === undefined ? undefined : ACTIONS.get(bare);
  return action === 'write' || action === 'never' ? 'write' : undefined;
}

/** Verbs that are as often nouns: they say something only where a name begins with them, and has no other verb. */
export const NOUNS_TOO: ReadonlySet<string> = new Set(
  (
    'issue request message review report comment note order book label tag log track record draft schedule batch like pin commit type fork ' +
    'post link store index build deposit charge share block report notify alert email call play print vote ' +
    'outline export copy share command script shell sandbox terminal cherry bridge scale stage star text mail format offer tip bid ship fire empty watch trace turn forward ' +
    'invoice split produce hand park feed heat water pair award credit debit ring dock hold seed capture end place control fail flag rate pick load'
  ).split(' '),
);

/** `HTTPServerList2` is HTTP, Server, List, 2. */
export function wordsOfName(name: string): readonly string[] {
  return name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? [];
}

/** Third person and gerund only: a participle, as in `get_deleted_items`, tells what something is and not what is done. */
function stemsOf(word: string): readonly string[] {
  if (word.endsWith('ies') && word.length > 4) return [`${word.slice(0, -3)}y`];
  if (word.endsWith('ing') && word.length > 5) {
    const stem = word.slice(0, -3);
    const last = stem.at(-1) ?? '';
    return [stem, `${stem}e`, ...(stem.at(-2) === last ? [stem.slice(0, -1)] : [])];
  }
  if (word.endsWith('es') && word.length > 4) return [word.slice(0, -1), word.slice(0, -2)];
  return word.endsWith('s') && !word.endsWith('ss') && word.length > 3 ? [word.slice(0, -1)] : [];
}

const ACTIONS: ReadonlyMap<string, ActionWord> = new Map([
  ...lexicon(
    'read',
    'get list search find read fetch show view describe lookup look query count check inspect retrieve browse explore',
    'peek compare diff summarize summarise analyze analyse explain calculate compute convert estimate forecast predict',
    'preview display tail head stat status info health ping whoami discover enumerate detect identify recommend suggest',
    'audit monitor measure review rank score classify examine obtain return provide lists filter locate observe echo glob',
    'grep tree autocomplete geocode encode decode screen know perceive determine see outline export download screenshot',
    'scan iterate recall cite quote tally itemize itemise',
    'translate transcribe parse lint visualize visualise plot crawl scrape extract ask is has exists validate trace watch',
  ),
  ...lexicon(
    'write',
    'create update add set send write post put patch insert upsert edit modify change append replace move rename copy',
    'upload import publish submit assign unassign attach detach link unlink enable disable start stop restart pause',
    'resume cancel close reopen open merge fork approve reject dismiss mark unmark archive unarchive restore save store',
    'register subscribe unsubscribe invite join leave follow unfollow star unstar like reply react comment tag untag',
    'label lock unlock mute unmute pin unpin push commit deploy build trigger schedule reschedule book order buy sell',
    'purchase pay transfer withdraw deposit mint swap bridge stake sign issue refund charge share unshare grant allow',
    'block unblock ban kick remove clear clean undo redo redeem reserve connect disconnect install uninstall upgrade',
    'downgrade configure reset rotate provision scale resize apply sync synchronize migrate click type fill press drag',
    'hover scroll tap swipe handle accept decline complete finish begin launch spawn draft notify alert email message',
    'call dial play record transition toggle switch bulk batch log track clone duplicate initialize init setup bootstrap',
    'renew extend rebase revert cherry amend stage unstage tune adjust allocate associate disassociate backup activate',
    'deactivate suspend unsuspend promote demote rerun retry replay reindex relate unrelate annotate acknowledge ack',
    'snooze escalate mutate manage compose crop broadcast tweet retweet unretweet emit enqueue dequeue ingest train',
    'finetune fund claim vote solve draw paint print checkout unresolve navigate resubmit vacuum finalize finalise void',
    'dispute abort kill flush compact reassign reorder reparent nominate flag unflag hide unhide collapse respond answer',
    'request prioritize prioritise reboot shutdown evict drain cordon uncordon rollback rollout mount unmount format encrypt',
    'rotate compress unzip convene enroll unenroll hire fire onboard offboard deprovision decommission upvote downvote fulfill ship',
    'forward redirect silence overwrite empty turn raise lower wake arm disarm discard withhold reassign repost',
    'refresh abandon taint untaint pick unload flip throw discard rate',
    'restrict unrestrict seal unseal end place control fail lift dispense',
    'capture incr increment decr decrement fulfil stash unstash split produce skip rewind seek award praise propose make',
    'seed populate inject relabel scrub mask anonymize anonymise quarantine isolate throttle debit credit settle reconcile invoice',
    'ring hang hold park dim brighten heat cool water feed dock undock prune squash bump nudge poke assemble',
    'convene delegate substitute rewire reroute preempt reclaim relocate transpose pair unpair attest notarize certify',
    'expire invalidate opt borrow lend donate tip bid offer mail text dm post pin override bypass impersonate',
  ),
  ...lexicon('never', 'delete destroy drop purge wipe truncate erase terminate nuke revoke expunge obliterate'),
  ...lexicon(
    'run',
    'run execute exec eval evaluate invoke perform shell bash command script terminal sandbox dispatch',
  ),
]);

function lexicon(action: ActionWord, ...lines: readonly string[]): readonly (readonly [string, ActionWord])[] {
  return lines.flatMap((line) => line.split(' ').map((word) => [word, action] as const));
}
