export interface Judged {
  readonly claim: string;
  /** Undefined: not checked. That is neither a success of the claim nor a failure of the soak. */
  readonly held: boolean | undefined;
  /** The observed value. */
  readonly seen: string;
  /** Lines of evidence, such as operations. */
  readonly details?: readonly string[];
}
