import { isEndOf, repositoryOf, type Template } from "../../../ecs/index.ts";
import { quoted, UsageError } from "../../../../command-line/options.ts";
import { type Need, NeedsError, wordsOf } from "../options/needs.ts";
import { type Assigned, flagOf, isSaved, type RunOptions } from "../options/options.ts";
import { missingKeys, type SecretKeys, secretWords } from "../options/secret-keys.ts";

/** The inputs of a template, by the option that gives them. */
export interface TemplateInputs {
  /** The repositories of the images, in the order of the containers. */
  readonly image: readonly string[];
  /** User and group names in the containers. */
  readonly user: readonly string[];
  readonly parameter: readonly string[];
  readonly secret: readonly string[];
  /** ARNs of environment files in S3. */
  readonly envFile: readonly string[];
  /** Addresses of blocks, which have attributes that only AWS knows, or names of such attributes. */
  readonly attribute: readonly string[];
  readonly namespace: readonly string[];
}

const OPTIONS = [
  "image",
  "user",
  "parameter",
  "secret",
  "envFile",
  "attribute",
  "namespace",
] as const;

/** The inputs of templates, and the JSON keys that they use of secrets. */
export interface KeyedInputs extends TemplateInputs {
  readonly keys: SecretKeys;
}

/** The inputs of a template. The template was read without given secrets, so a secret with a value is its own. */
export function inputsOf(
  { module, declared, plan, secrets }: Template,
  parameters: Assigned = {},
): KeyedInputs {
  const containers = [...plan.taskDefinitions.values()].flatMap((each) => each.containers);
  const resolved = [...declared.values()];
  const read = resolved
    .filter(({ kind, type }) => kind === "data" && type === "aws_ssm_parameter")
    .map(({ arguments: given }) => String(given["name"]));
  const used = containers
    .flatMap((container) => container.secrets)
    .map(({ secret: name, otherwise = name, key }) => ({
      name: secrets.has(otherwise) ? otherwise : name,
      key,
    }))
    .filter(({ name }) => !secrets.has(name) || Object.hasOwn(parameters, name))
    .map(({ name, key }) => ({ key, name: nameInAws(declared, name) }));
  const secret = used.map(({ name }) => name);
  const users = containers.flatMap(({ user }) => user?.split(":") ?? []);
  const registered = resolved.filter(({ type }) => type === "aws_service_discovery_service");
  const namespaces = JSON.stringify(registered).matchAll(/"namespace_id":"([^"⟨]+)"/g);
  return {
    image: unique(containers.map(({ image }) => repositoryOf(image))),
    user: unique(users.filter((name) => !/^\d+$/.test(name))),
    // ECS reads a container's secret from either service.
    parameter: unique([...read, ...secret]),
    secret: unique(secret),
    envFile: unique(containers.flatMap(({ environmentFiles }) => environmentFiles)),
    attribute: [...module.blocks.keys()],
    namespace: unique([...namespaces].map(([, id = ""]) => id)),
    keys: keysOf(used),
  };
}

/** The name of a secret of the template, which its address does not tell. */
function nameInAws(declared: Template["declared"], secret: string): string {
  const name = declared.get(secret)?.arguments["name"];
  return typeof name === "string" && !name.includes("⟨") ? name : secret;
}

/** A container's use of a secret: of one key, or of the whole text. */
interface Use {
  readonly name: string;
  readonly key: string | undefined;
}

const usesOf = ([name, keys]: readonly [string, readonly string[]]): readonly Use[] =>
  keys.length === 0 ? [{ name, key: undefined }] : keys.map((key) => ({ name, key }));

function keysOf(used: readonly Use[]): SecretKeys {
  const keys = new Map<string, Set<string>>();
  for (const { name, key } of used) {
    const known = keys.get(name) ?? new Set();
    keys.set(name, key === undefined ? known : known.add(key));
  }
  return Object.fromEntries([...keys].map(([name, all]) => [name, [...all]]));
}

export function allInputs(each: readonly KeyedInputs[]): KeyedInputs {
  const all = (option: keyof TemplateInputs): string[] =>
    unique(each.flatMap((inputs) => inputs[option]));
  return {
    image: all("image"),
    user: all("user"),
    parameter: all("parameter"),
    secret: all("secret"),
    envFile: all("envFile"),
    attribute: all("attribute"),
    namespace: all("namespace"),
    keys: keysOf(each.flatMap(({ keys }) => Object.entries(keys).flatMap(usesOf))),
  };
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

const NAMES = 12;

function listed(names: readonly string[]): string {
  const more = names.length - NAMES;
  const rest = more > 0 ? [`${more} more`] : [];
  return [...names.slice(0, NAMES), ...rest].join(", ") || "none";
}

/** Whether an option's name means this input. */
const MEANS: Partial<Record<keyof TemplateInputs, (name: string, input: string) => boolean>> = {
  image: isEndOf,
  attribute: (name, input) => name === input || name.startsWith(`${input}.`),
  secret: isNameOf,
  envFile: isFileOf,
  parameter: isNameOf,
};

/** Whether an object's ARN, or the last part of it, is this name. */
function isFileOf(name: string, arn: string): boolean {
  return name === arn || arn.endsWith(`/${name}`);
}

/** Whether a secret's or parameter's ARN fits this name. */
function isNameOf(name: string, input: string): boolean {
  return name === input || `/${name}` === input || name.replace(/-\w{6}$/, "") === input;
}

/**
 * Checks that every given option fits the template, and that every secret has a value.
 * @param have known values by name
 * @throws UsageError with the option and its allowed names
 */
export function checkInputs(
  inputs: Omit<KeyedInputs, "keys"> & Partial<Pick<KeyedInputs, "keys">>,
  options: Pick<RunOptions, keyof TemplateInputs | "plan" | "terraform">,
  have: Assigned,
): void {
  for (const option of OPTIONS) {
    const means = MEANS[option] ?? ((name, input) => name === input);
    for (const name of Object.keys(options[option] ?? {})) {
      if (inputs[option].some((input) => means(name, input))) continue;
      const list = listed(inputs[option]);
      throw new UsageError(
        `error: option --${flagOf(option)} ${name}: not in the ${isSaved(options) ? "plan" : "template"}; allowed: ${list}`,
      );
    }
  }
  checkEnvironmentFiles(inputs.envFile, options.envFile ?? {});
  const given = { ...have, ...options.parameter, ...options.secret };
  const missing = inputs.secret.flatMap((input) => {
    const [, value] = Object.entries(given).find(([name]) => isNameOf(name, input)) ?? [];
    const keys = missingKeys(value, inputs.keys?.[input]);
    return keys.length === 0 ? [] : [{ input, keys }];
  });
  if (missing.length === 0) return;
  const needs = missing.length > 1 ? "secrets have" : "a secret has";
  const names = missing.map(({ input }) => input).join(", ");
  const words = missing.map(({ input, keys }) => secretWords(input, keys)).join(" ");
  const message = `error: ${needs} no value here: ${names}; give one with ${words}`;
  throw new NeedsError(
    message,
    missing.flatMap(({ input, keys }) =>
      keys.map((key): Need => ({
        option: "secret",
        name: key === "" ? input : `${input}:${key}`,
        why: `the secret ${input} has no value here`,
      })),
    ),
  );
}

/** @throws NeedsError with the environment files for which no option is given */
function checkEnvironmentFiles(arns: readonly string[], given: Assigned): void {
  const missing = arns.filter((arn) => !Object.keys(given).some((name) => isFileOf(name, arn)));
  if (missing.length === 0) return;
  const needs = missing.map((arn): Need => {
    const name = arn.split("/").at(-1) ?? arn;
    return { option: "envFile", name, why: `the environment file ${arn} is in S3` };
  });
  const files = missing.length > 1 ? "environment files are" : "an environment file is";
  const words = needs.flatMap(wordsOf).map(quoted).join(" ");
  const message = `error: ${files} in S3: ${missing.join(", ")}; give a local one with ${words}`;
  throw new NeedsError(message, needs);
}
