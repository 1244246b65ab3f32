/** Turns passwords into texts from which they cannot be found without trying each, slowly. */
export interface PasswordHasher {
  /** `null`: too many are being worked on. */
  hash(password: string): Promise<string | null>;
  /**
   * Takes as long for a wrong password as for a right one, and as long again where there is nothing to compare with (`null`), so that the
   * time does not tell which names there are. `null`: too many are being worked on.
   */
  isPassword(storedHash: string | null, password: string): Promise<boolean | null>;
}
