/** Makes a text that others carry for the gateway: they can neither read nor change it. */
export interface Sealer {
  seal(text: string): string;
  /** `null` for whatever this sealer did not make, or somebody changed. */
  open(sealed: string): string | null;
}
