/** Policy files, as somebody would change them by hand. */
export interface RuleChanges {
  /**
   * A unified diff of the file, after which the rule asks nobody any more. `null`: there is no such rule, it asks nobody already, or the
   * changed file would not be valid. Changes nothing and never throws.
   */
  suggestUnattended(upstream: string, ruleId: string): Promise<string | null>;
}
