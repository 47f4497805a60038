/** The kind of an error, for callers to branch on. */
export type HarnessErrorCode =
  /** The template cannot be read, or a field holds what Terraform itself would refuse. */
  | "ERR_TEMPLATE"
  /** The template is sound, but asks for what the local ECS does not model. */
  | "ERR_UNSUPPORTED"
  /** An image of the template has no local counterpart, or a program it needs is missing. */
  | "ERR_IMAGE"
  /** This machine cannot run a local ECS. */
  | "ERR_PLATFORM"
  /** A service's deployment failed. */
  | "ERR_DEPLOYMENT"
  /** A bounded wait ended first. */
  | "ERR_TIMEOUT"
  /** The caller passed what the API does not allow. */
  | "ERR_INVALID_ARG"
  /** The local ECS has been closed. */
  | "ERR_CLOSED";

/** An error that the harness throws on purpose. Its message names the resource and field. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly code: HarnessErrorCode;

  constructor(code: HarnessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An error of the caller: it names the argument and what is allowed. */
export const invalid = (message: string): HarnessError =>
  new HarnessError("ERR_INVALID_ARG", message);

export const closed = (): HarnessError =>
  new HarnessError("ERR_CLOSED", "the local ECS has been closed");
