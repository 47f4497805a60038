/** A command, in this process. */
export interface CalledCommand {
  /** Its options, with their dashes. */
  readonly options: () => Promise<readonly string[]>;
  /** Rejects with what it prints. */
  readonly call: (args: readonly string[]) => Promise<unknown>;
}
