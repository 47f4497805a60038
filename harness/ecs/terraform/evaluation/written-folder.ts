import { readFile } from "node:fs/promises";
import path from "node:path";
import { HarnessError } from "../../base/errors.ts";
import {
  type Body,
  foldersOf,
  readConfiguration,
  type WrittenModule,
} from "../configuration/written-module.ts";
import { plainAddress } from "../configuration/content.ts";
import { recordsIn } from "../expression/values.ts";

/** A block of a folder's files, in the root or in a module that it calls. */
export interface WrittenBlock {
  /** Without keys of `count` and `for_each`: `module.app.aws_ecs_service.this`, `data.aws_region.here`. */
  readonly address: string;
  /** `aws_ecs_service`, or `data.aws_region`. */
  readonly type: string;
  readonly body: Body;
  /** The whole text of its module, in which other blocks name its attributes. */
  readonly module: WrittenModule;
  /** What names all its instances: itself, or the first module above it that has keys. */
  readonly target: string;
}

/** What Terraform's state of a folder does not have. */
export interface WrittenFolder {
  readonly blocks: readonly WrittenBlock[];
  /** Of its modules, its own first. */
  readonly folders: readonly string[];
  /** The addresses of what `import` blocks name, without keys. */
  readonly imported: readonly string[];
  /** The local names of the providers to mock, each with its aliases. */
  readonly providers: ReadonlyMap<string, readonly string[]>;
  /** The arguments of the first aws provider. */
  readonly provider: Body;
  readonly variables: WrittenModule["variables"];
}

/** Their resources have no effect outside of Terraform, and their values are of use. */
const REAL = new Set(["random", "time", "tls"]);

/**
 * Reads the files of a folder that `terraform init` has prepared.
 * @throws HarnessError ERR_TEMPLATE if a file cannot be read
 */
export async function readWritten(folder: string): Promise<WrittenFolder> {
  const root = await readConfiguration(folder);
  checkModule(root);
  return {
    blocks: blocksIn(root, [], undefined),
    folders: foldersOf(root),
    imported: root.contents
      .flatMap(({ import: imports }) => recordsIn(imports))
      .map(({ to }) => plainAddress(String(to)).replaceAll(/\[[^\]]*\]/g, "")),
    provider: root.provider,
    variables: root.variables,
    providers: providersOf(root, await lockedIn(folder)),
  };
}

/**
 * What these mocks would not reach: a provider of a module that is called, and a data source in a check.
 * @throws HarnessError ERR_TEMPLATE with the module's folder, and for a name that is none
 */
function checkModule(module: WrittenModule, isRoot = true): void {
  const { folder = "", calls, resources, contents } = module;
  const names = [...calls.keys(), ...resources.keys()].flatMap((each) => each.split("."));
  const wrong = names.find((name) => !/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name));
  if (wrong !== undefined)
    throw refused(folder, `${JSON.stringify(wrong)} is no name in Terraform`);
  const hasProvider = providersIn(module).some(([, body]) =>
    Object.keys(body).some((key) => key !== "alias"),
  );
  if (!isRoot && hasProvider) {
    throw refused(folder, "a called module has a provider of its own, which cannot be mocked");
  }
  const checks = contents.flatMap(({ check }) => recordsIn(check)).flatMap(Object.values);
  if (checks.flatMap(recordsIn).some(({ data }) => data !== undefined)) {
    throw refused(folder, "a check has a data source, which cannot be mocked");
  }
  for (const called of module.modules.values()) checkModule(called, false);
}

const refused = (folder: string, why: string): HarnessError =>
  new HarnessError("ERR_TEMPLATE", `${folder}: ${why}`);

/** The provider blocks of a module, each with its name. */
const providersIn = ({ contents }: WrittenModule): [name: string, body: Body][] =>
  contents
    .flatMap(({ provider }) => provider.flatMap((each) => Object.entries(each)))
    .flatMap(([name, bodies]) => bodies.map((body): [string, Body] => [name, body]));

function blocksIn(
  module: WrittenModule,
  calls: readonly string[],
  keyed: string | undefined,
): WrittenBlock[] {
  const prefix = calls.map((name) => `module.${name}.`).join("");
  const own = [...module.resources].map(([name, body]): WrittenBlock => {
    const address = `${prefix}${name}`;
    const type = name.slice(0, name.lastIndexOf("."));
    return { address, type, body, module, target: keyed ?? address };
  });
  const below = [...module.modules].flatMap(([name, called]) => {
    const call = module.calls.get(name);
    const hasKeys = call?.count !== undefined || call?.for_each !== undefined;
    return blocksIn(
      called,
      [...calls, name],
      keyed ?? (hasKeys ? `${prefix}module.${name}` : undefined),
    );
  });
  return [...own, ...below];
}

/** The sources of the providers that `terraform init` has chosen: `hashicorp/aws`. */
async function lockedIn(folder: string): Promise<string[]> {
  const text = await readFile(path.join(folder, ".terraform.lock.hcl"), "utf8").catch(() => "");
  return [...text.matchAll(/^\s*provider\s*"[^"/]+\/([^"]+)"/gm)].map(([, source = ""]) =>
    source.toLowerCase(),
  );
}

function providersOf(
  root: WrittenModule,
  sources: readonly string[],
): Map<string, readonly string[]> {
  const required = root.contents
    .flatMap(({ terraform }) => recordsIn(terraform))
    .flatMap(({ required_providers: all }) => recordsIn(all))
    .flatMap((each) => Object.entries(each));
  const names = sources.flatMap((source) => {
    const type = source.split("/").at(-1) ?? source;
    if (source === `hashicorp/${type}` && REAL.has(type)) return [];
    const local = required.filter(([, given]) => sourceOf(given) === source).map(([name]) => name);
    return [type, ...local];
  });
  const written = providersIn(root);
  const aliasesOf = (name: string): string[] =>
    written.flatMap(([each, { alias }]) =>
      each === name && typeof alias === "string" ? [alias] : [],
    );
  return new Map([...new Set(names)].map((name) => [name, aliasesOf(name)]));
}

/** `hashicorp/aws`, also where the registry's host is written. */
const sourceOf = (given: unknown): string =>
  recordsIn(given)
    .map(({ source }) => String(source).toLowerCase().split("/").slice(-2).join("/"))
    .at(0) ?? "";
