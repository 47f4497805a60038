import { type Command, Option } from "commander";
import { assignments, readable, someText, UsageError } from "../../../command-line/options.ts";

/** Text by name: what `--secret NAME=TEXT`, given several times, becomes. */
export type Assigned = Readonly<Record<string, string>>;

/** What a template or a plan takes from outside. */
export interface InputOptions {
  readonly app?: string;
  readonly image: Assigned;
  readonly user: Assigned;
  readonly parameter: Assigned;
  readonly secret: Assigned;
  readonly attribute: Assigned;
  readonly namespace: Assigned;
}

/** The plan that is played. */
export interface SavedOptions {
  /** What `terraform show -json` writes of a plan or a state. */
  readonly plan?: string;
  /** A plan of what the first one leaves. */
  readonly then?: string;
  /** Addresses, by the address of what refers to them. */
  readonly resolve: Assigned;
  /** Whether the commands of a plan run without a question. */
  readonly yes?: boolean;
}

/** What is run: an environment, a template or a plan, and what it takes from outside. */
export interface SourceOptions extends InputOptions, SavedOptions {
  /** An environment of `environments.ts`; undefined with a template or a plan. */
  readonly env?: string;
  readonly template?: string;
}

/** What scenarios and the playground need to know of a plan. */
export interface PlayOptions {
  /** `SERVICE/CONTAINER` by the role, `app` or `redis`. */
  readonly role: Assigned;
  /** What users ask for, with GET. */
  readonly path?: string;
  /** Whether the user's own app answers what the guest book does. */
  readonly guestBook?: boolean;
}

/** A plan for scenarios or the playground. */
export interface PlanOptions extends InputOptions, SavedOptions, PlayOptions {
  readonly plan: string;
}

export const addInputOptions = (program: Command): Command =>
  program
    .addOption(
      assignments(
        "--image <name=command>",
        "the program to run for another image, where the container has no command of its own; may be repeated",
      ),
    )
    .addOption(
      assignments(
        "--user <name=uid:gid>",
        "the ids of a user that the images name; may be repeated",
      ),
    )
    .addOption(assignments("--parameter <name=value>", "an SSM parameter; may be repeated"))
    .addOption(
      assignments("--secret <name=value>", "a secret outside the template; may be repeated"),
    )
    .addOption(
      assignments("--attribute <address=value>", "a value that only AWS knows; may be repeated"),
    )
    .addOption(
      assignments("--namespace <id=name>", "a namespace outside the template; may be repeated"),
    );

export const addSavedOptions = (program: Command): Command =>
  program
    .addOption(
      someText(
        "--plan <file>",
        "a plan or a state in place of an environment, as terraform show -json writes it",
      ),
    )
    .addOption(someText("--then <file>", "a plan of what --plan leaves: it is deployed next"))
    .addOption(
      assignments(
        "--resolve <address=address>",
        "what an argument of a plan refers to, where that is not known before apply; may be repeated",
      ),
    )
    .addOption(new Option("--yes", "run the commands of a plan without a question"));

export const addPlayOptions = (program: Command): Command =>
  program
    .addOption(
      assignments(
        "--role <role=service/container>",
        "which container of a plan is app or redis, where there are several; may be repeated",
      ),
    )
    .addOption(
      new Option(
        "--guest-book",
        "the app of --image or --app answers POST /guests/NAME and GET /guests: users sign, and no signature may be lost",
      ),
    );

type Given = Partial<Omit<PlanOptions, "plan">> & { readonly plan?: string };

/**
 * The plan and its options.
 * @param elsewhere names of those that are allowed without a plan
 * @throws UsageError naming an option that belongs to a plan, where there is none
 */
export function planOf(given: Given, elsewhere: readonly string[] = []): PlanOptions | undefined {
  const { plan } = given;
  if (plan === undefined) {
    const [option] = PLAN_ONLY.filter((name) => !elsewhere.includes(name) && isGiven(given[name]));
    if (option === undefined) return undefined;
    throw new UsageError(`error: option --${flagOf(option)}: only with --plan`);
  }
  if (given.path !== undefined) {
    checkPath(given.path);
    if (given.guestBook) {
      throw new UsageError("error: options --path and --guest-book: give one of them");
    }
  }
  const none = {};
  return {
    ...given,
    plan,
    resolve: given.resolve ?? none,
    image: given.image ?? none,
    user: given.user ?? none,
    parameter: given.parameter ?? none,
    secret: given.secret ?? none,
    attribute: given.attribute ?? none,
    namespace: given.namespace ?? none,
    role: given.role ?? none,
  };
}

/** Before anything is loaded or built. @throws UsageError naming the option whose file cannot be read */
export function checkFiles(given: Pick<SourceOptions, "template" | "plan" | "then">): void {
  for (const option of ["template", "plan", "then"] as const) {
    const file = given[option];
    if (file !== undefined) readable(`--${option}`, file);
  }
}

const PLAN_ONLY = [
  "then",
  "resolve",
  "yes",
  "app",
  "image",
  "user",
  "parameter",
  "secret",
  "attribute",
  "namespace",
  "role",
  "path",
  "guestBook",
] as const satisfies readonly (keyof PlanOptions)[];

const isGiven = (value: unknown): boolean =>
  typeof value === "object" && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined && value !== false;

const flagOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @throws UsageError saying what a path is */
export function checkPath(path: string): void {
  if (/^\/[^\s#]*$/.test(path)) return;
  throw new UsageError(`error: option --path: expected a path that begins with /, got "${path}"`);
}

/** The words that give these options again. */
export function planWords(options: PlanOptions): string[] {
  return (["plan", ...PLAN_ONLY] as const).flatMap((name) => {
    const value = options[name];
    if (!isGiven(value)) return [];
    const flag = `--${flagOf(name)}`;
    if (value === true) return [flag];
    if (typeof value === "string") return [flag, value];
    return Object.entries(value ?? {}).flatMap(([key, text]) => [flag, `${key}=${text}`]);
  });
}
