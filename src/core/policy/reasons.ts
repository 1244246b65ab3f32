/**
 * The closed list of reasons. Each is explained in `docs/errors.md`, which a test insists on. Hosts see the code, so a code says
 * nothing that its reader may not know.
 */
export const REASON_CODES = [
  'rule_allows',
  'method_allowed',
  'rule_denies',
  'rule_needs_approval',
  'write_needs_approval',
  'class_never',
  'class_unclassified',
  'no_rule',
  'scope_missing',
  'condition_not_met',
  'condition_unevaluable',
  'argument_bound',
  'arguments_invalid',
  'arguments_undeclared',
  'arguments_redacted',
  'schema_unusable',
  'limit_reached',
  'first_use',
  'data_flow',
  'identical_calls',
  'upstream_without_policy',
  'tool_unknown',
  'task_unknown',
  'target_unknown',
  'kill_switch',
  'input_unexpected',
  'overloaded',
  'approval_backlog',
  'arguments_too_large',
  'arguments_not_shown',
  'store_unavailable',
  'upstream_unavailable',
  'malformed',
  'unauthenticated',
  'method_denied',
  'internal_error',
] as const;

export type ReasonCode = (typeof REASON_CODES)[number];
