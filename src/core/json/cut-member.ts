import type { MemberSpans } from './skim-object.ts';

/**
 * The bytes of an object without one of its members: views, not a copy. `object` is where it stands in `bytes`, and `members` is
 * what was noted of it while it was skimmed. All of it in one piece where there is no such member.
 */
export function cutMember(
  bytes: Uint8Array,
  object: { readonly start: number; readonly end: number },
  members: MemberSpans,
  name: string,
): readonly Uint8Array[] {
  const member = members.get(name);
  if (member === undefined) return [bytes.subarray(object.start, object.end)];
  const spans = [...members.values()];
  const index = spans.indexOf(member);
  const previous = spans[index - 1];
  const next = spans[index + 1];
  // One of the two commas has to go as well: the one behind the member, or in front of it where it is the last one.
  const from = next === undefined && previous !== undefined ? previous.end : member.nameStart;
  const to = next === undefined ? member.end : next.nameStart;
  return [bytes.subarray(object.start, from), bytes.subarray(to, object.end)];
}
