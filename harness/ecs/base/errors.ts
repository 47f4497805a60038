/** The kind of an error, for callers to branch on. */
export type HarnessErrorCode =
  /** The template cannot be read, or Terraform itself would refuse the value of a field. */
  | "ERR_TEMPLATE"
  /** The template is valid, but uses something that the local ECS does not model. */
  | "ERR_UNSUPPORTED"
  /** An image of the template has no local counterpart, or a required program is missing. */
  | "ERR_IMAGE"
  /** This machine cannot run a local ECS. */
  | "ERR_PLATFORM"
  /** A service's deployment failed. */
  | "ERR_DEPLOYMENT"
  /** A wait exceeded its timeout. */
  | "ERR_TIMEOUT"
  /** The caller passed a value that the API does not allow. */
  | "ERR_INVALID_ARG"
  /** The local ECS has been closed. */
  | "ERR_CLOSED";

/** An error that the local ECS throws on purpose. Its message names the resource and the field. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly code: HarnessErrorCode;

  constructor(code: HarnessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An error for a wrong argument. The message names the argument and the allowed values. */
export const invalid = (message: string): HarnessError =>
  new HarnessError("ERR_INVALID_ARG", message);

export const closed = (): HarnessError =>
  new HarnessError("ERR_CLOSED", "the local ECS has been closed");
