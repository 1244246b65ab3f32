/** The longest tool name that the protocol knows (2025-11-25, "Tool names"). */
export const TOOL_NAME_CHARS_MAX = 128;

/**
 * Whether a tool of this name can be governed at all. Every other name matches no pattern of a policy and stays denied.
 *
 * The protocol recommends letters, digits, `_`, `-` and `.`; published servers also use `/`, `:` and single spaces, so any visible
 * ASCII character is taken. Everything beyond ASCII is not: a Cyrillic `е` or a zero-width space would let a name that a reviewer
 * reads as `delete_x` pass a rule about `delete_x`. Neither is `*`, which means something in a policy.
 */
export function isToolName(name: string): boolean {
  return name.length <= TOOL_NAME_CHARS_MAX && TOOL_NAME.test(name);
}

const TOOL_NAME = /^[!-)+-~]+(?: [!-)+-~]+)*$/;
