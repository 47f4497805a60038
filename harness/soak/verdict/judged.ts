/** A claim of the soak. */
export interface Judged {
  readonly claim: string;
  /** Undefined: it could not be judged. That is no success of the claim, and no failure of the soak. */
  readonly held: boolean | undefined;
  /** What was seen. */
  readonly seen: string;
  /** Lines that show it: operations, for example. */
  readonly details?: readonly string[];
}
