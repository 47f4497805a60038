/**
 * A lock file cannot be used. The message names the file, what is wrong with it and the remedy.
 *
 * Codes: `ERR_LOCK_INVALID` when it is no lock file, `ERR_LOCK_STALE` when it does not have what the
 * stacks require, `ERR_LOCK_CONFLICT` when no lock file can have that, `ERR_LOCK_FAILED` when none
 * could be written.
 *
 * @throws none
 * @example
 * const lock = { tool: toolOf({}), providers: new Map() };
 * try {
 *   synthesize(environments, { lock, outdir: join(tmpdir(), "games") });
 * } catch (error) {
 *   if (!(error instanceof LockError)) throw error;
 *   console.log(error.code); // ERR_LOCK_STALE
 * }
 */
export class LockError extends Error {
  /** As its class. */
  override readonly name = "LockError";
  /** What is wrong, to be switched on. */
  readonly code: LockErrorCode;

  constructor(code: LockErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

type LockErrorCode =
  | "ERR_LOCK_INVALID"
  | "ERR_LOCK_STALE"
  | "ERR_LOCK_CONFLICT"
  | "ERR_LOCK_FAILED";
