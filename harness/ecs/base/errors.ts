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

/** An option of `startLocalEcs`, `readTemplate` or `readSavedPlan` that solves an error. */
export interface Hint {
  readonly option:
    | "parameters"
    | "secrets"
    | "attributes"
    | "namespaces"
    | "environmentFiles"
    | "images.users"
    | "resolve"
    | "configuration";
  /** The name that needs a value in the option. Undefined: the option has no names, or the message lists them. */
  readonly name?: string;
}

/** A message, with its hints in the words of its reader. */
export type Message = string | ((words: (hint: Hint) => string) => string);

export interface HarnessErrorOptions extends ErrorOptions {
  /** It ends the message. */
  readonly hint?: Hint;
  readonly fixed?: readonly string[];
}

/** An error that the local ECS throws on purpose. Its message names the resource and the field. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly code: HarnessErrorCode;
  /** The options that solve it. */
  readonly hints: readonly Hint[];
  /** The resources whose changes need a new start, with the changes. Undefined for any other error. */
  readonly fixed: readonly string[] | undefined;
  readonly #message: Message;

  constructor(
    code: HarnessErrorCode,
    text: Message,
    { hint, fixed, ...options }: HarnessErrorOptions = {},
  ) {
    const message: Message = (words) =>
      [inWords(text, words), ...(hint ? [words(hint)] : [])].join(" ");
    const hints: Hint[] = [];
    const words = (each: Hint): string => {
      hints.push(each);
      return `in the option ${each.option}${each.name === undefined ? "" : `, "${each.name}"`}`;
    };
    super(message(words), options);
    this.code = code;
    this.hints = hints;
    this.fixed = fixed;
    this.#message = message;
  }

  /** The message, with other words for its hints. */
  inWords(words: (hint: Hint) => string): string {
    return inWords(this.#message, words);
  }
}

export const inWords = (message: Message, words: (hint: Hint) => string): string =>
  typeof message === "string" ? message : message(words);

/** An error for a wrong argument. The message names the argument and the allowed values. */
export const invalid = (message: string, hint?: Hint): HarnessError =>
  new HarnessError("ERR_INVALID_ARG", message, hint && { hint });

export const closed = (): HarnessError =>
  new HarnessError("ERR_CLOSED", "the local ECS has been closed");
