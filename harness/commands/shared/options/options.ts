import { basename, resolve } from "node:path";
import type { EngineName, Evaluated, Platform } from "../../../ecs/index.ts";
import { readable, UsageError } from "../../../../command-line/options.ts";

/** Values by name, from options such as `--secret NAME=TEXT`. */
export type Assigned = Readonly<Record<string, string>>;

/** What the user changes of a plan. */
export interface AdjustmentOptions {
  /** Commands, by `SERVICE/CONTAINER`. */
  readonly container?: Assigned;
  /** Services, and containers as `SERVICE/CONTAINER`. */
  readonly without?: readonly string[];
  /** Numbers of tasks, by service. */
  readonly count?: Readonly<Record<string, number>>;
}

/** The inputs of a template or a plan. */
export interface InputOptions extends AdjustmentOptions {
  readonly app?: string;
  readonly image: Assigned;
  readonly build?: Assigned;
  readonly engine?: EngineName | "none";
  readonly pull?: boolean;
  /** Containers share this machine's network. */
  readonly network?: "host";
  /** No container has a memory limit. */
  readonly memory?: "unlimited";
  readonly user: Assigned;
  readonly parameter: Assigned;
  readonly secret: Assigned;
  /** Files, by ARNs of objects in S3 or the last parts of these. */
  readonly envFile?: Assigned;
  readonly attribute: Assigned;
  readonly namespace: Assigned;
}

/** The options of a plan, or of a folder of Terraform. */
export interface SavedOptions {
  /** A folder with `.tf` files, which Terraform evaluates. */
  readonly terraform?: string;
  /** Values of the folder's variables. */
  readonly var?: Assigned;
  readonly varFile?: readonly string[];
  readonly allowProvisioners?: boolean;
  /** What Terraform has found in the folder. */
  readonly evaluated?: Evaluated;
  /** The output of `terraform show -json` for a plan or a state. */
  readonly plan?: string;
  /** A plan made after the first one was applied. */
  readonly then?: string;
  /** Addresses, by the address of the argument that refers to them. */
  readonly resolve: Assigned;
  /** The folder with the plan's configuration. */
  readonly configuration?: string;
  readonly yes?: boolean;
}

/** What to run: an environment, a template, a plan or a folder of Terraform, and its inputs. */
export interface RunOptions extends InputOptions, SavedOptions {
  /** An environment of `environments.ts`; undefined with a template or a plan. */
  readonly env?: string;
  readonly template?: string;
}

/** The options of a plan for scenarios and the playground. */
export interface PlayOptions {
  /** `SERVICE/CONTAINER` by role (`app` or `redis`). */
  readonly role: Assigned;
  /** The path that users request with GET. */
  readonly path?: string;
  /** Whether the user's app has the guest book's API. */
  readonly guestBook?: boolean;
}

/** A plan, or a folder of Terraform, for scenarios or the playground. */
export interface PlanOptions extends InputOptions, SavedOptions, PlayOptions {}

/** Whether resources come from a plan or a folder of Terraform, and not from our own template. */
export const isSaved = ({ plan, terraform }: Pick<SavedOptions, "plan" | "terraform">): boolean =>
  plan !== undefined || terraform !== undefined;

/**
 * @param elsewhere names of the options that are allowed without a plan
 * @throws UsageError for an option that needs `--plan`
 */
export function planOf(
  given: Partial<PlanOptions>,
  elsewhere: readonly string[] = [],
): PlanOptions | undefined {
  checkTerraform(given);
  if (!isSaved(given)) {
    const [option] = PLAN_ONLY.filter((name) => !elsewhere.includes(name) && isGiven(given[name]));
    if (option === undefined) return undefined;
    throw new UsageError(`error: option --${flagOf(option)}: needs --plan or --terraform`);
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

/** @throws UsageError for options that need `--terraform`, or exclude it */
export function checkTerraform(given: Partial<PlanOptions>): void {
  const { terraform, ...others } = given;
  const names = terraform === undefined ? TERRAFORM_ONLY : PLAN_ALONE;
  const [option] = names.filter((name) => isGiven(others[name]));
  if (option === undefined) return;
  const why = terraform === undefined ? "needs --terraform" : "not allowed with --terraform";
  throw new UsageError(`error: option --${flagOf(option)}: ${why}`);
}

/** Checks the files before anything is loaded or built. @throws UsageError with the option whose file cannot be read */
export function checkFiles(
  given: Pick<RunOptions, "template" | "plan" | "then" | "envFile" | "varFile">,
): void {
  for (const option of ["template", "plan", "then"] as const) {
    const file = given[option];
    if (file !== undefined) readable(`--${option}`, file);
  }
  for (const file of Object.values(given.envFile ?? {})) readable("--env-file", file);
  for (const file of given.varFile ?? []) readable("--var-file", file);
}

/** What an environment's images may be. */
export const IMAGE_OPTIONS = ["image", "build", "engine", "pull", "network", "memory"] as const;

export type ImageOptions = Pick<InputOptions, (typeof IMAGE_OPTIONS)[number]>;

/** The container features that the options turn off. */
export const platformOf = ({
  network,
  memory,
}: Pick<InputOptions, "network" | "memory">): Partial<Platform> => ({
  ...(network === "host" && { networks: false }),
  ...(memory === "unlimited" && { memory: false }),
});

/** The options about images; without any, all defaults. */
export const imagesOf = (given: Partial<ImageOptions>): ImageOptions => ({
  ...Object.fromEntries(IMAGE_OPTIONS.map((name) => [name, given[name]])),
  image: given.image ?? {},
});

const TERRAFORM_ONLY = ["var", "varFile", "allowProvisioners"] as const;
const PLAN_ALONE = ["plan", "then", "resolve", "configuration"] as const;

const PLAN_ONLY = [
  "then",
  "resolve",
  "configuration",
  "yes",
  "app",
  ...IMAGE_OPTIONS,
  "container",
  "without",
  "count",
  "user",
  "parameter",
  "secret",
  "envFile",
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

/** The first of these options that is given. */
export const flagGiven = (options: Partial<PlanOptions>): string | undefined => {
  const given = Object.entries(options).find(([, value]) => isGiven(value));
  return given && `--${flagOf(given[0])}`;
};

/** The flag of an option. */
export const flagOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @throws UsageError that says what a path is */
export function checkPath(path: string): void {
  if (/^\/[^\s#]*$/.test(path)) return;
  throw new UsageError(`error: option --path: expected a path that begins with /, got "${path}"`);
}

/** What these options say may be secret: reports, and commands to copy, have `TEXT` in its place. */
const SECRET: readonly string[] = [
  "parameter",
  "secret",
  "attribute",
  "var",
] satisfies (keyof PlanOptions)[];

/** The command-line arguments for a plan, without values that may be secret. */
export const planWords = (options: Partial<PlanOptions>): string[] =>
  wordsOf(options, ["plan", "terraform", ...TERRAFORM_ONLY, ...PLAN_ONLY]);

/** The command-line arguments for the images of an environment. */
export const imageWords = (options: ImageOptions): string[] => wordsOf(options, IMAGE_OPTIONS);

function wordsOf(options: object, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value: unknown = (options as Readonly<Record<string, unknown>>)[name];
    if (!isGiven(value)) return [];
    const flag = `--${flagOf(name)}`;
    if (value === true) return [flag];
    if (typeof value === "string") return [flag, value];
    if (Array.isArray(value)) return value.flatMap((text: string) => [flag, text]);
    const values = Object.entries(value ?? {});
    return values.flatMap(([key, text]) => [
      flag,
      `${key}=${SECRET.includes(name) ? "TEXT" : text}`,
    ]);
  });
}

/** The name of a plan in reports: that of its file, or of the folder. */
export const planName = ({ plan, terraform = "" }: SavedOptions): string =>
  basename(resolve(plan ?? terraform)).replace(/(\.plan)?\.json$/, "");
