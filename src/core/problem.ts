/** Something wrong in a file that a person wrote, said so that they can mend it. */
export interface Problem {
  /** An error keeps the file from being used; a warning does not. */
  readonly severity: 'error' | 'warning';
  /** `policies/crm.yaml:12:5`, or the file alone where no line is to blame. */
  readonly place: string;
  /** What it is about, in the file's own terms: `rules[2].effect`. */
  readonly subject: string;
  /** What is wrong, lower case, without a final full stop. */
  readonly message: string;
  /** What stood there, shortened; `null` where nothing did, or where it could be a secret. */
  readonly got: string | null;
  /** The next step; `null` where the message says it all. */
  readonly help: string | null;
}
