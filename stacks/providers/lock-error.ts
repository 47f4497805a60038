/**
 * A lock file cannot be used. The message names the file, the problem and how to fix it.
 *
 * Codes: `ERR_LOCK_INVALID` when the file is not a lock file, `ERR_LOCK_STALE` when it lacks providers that the
 * stacks require, `ERR_LOCK_CONFLICT` when the stacks require two versions of a provider, `ERR_LOCK_FAILED` when
 * no lock file could be written.
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
  /** Name of the class. */
  override readonly name = "LockError";
  /** Stable code, for programs. */
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
