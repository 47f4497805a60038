import { readFile } from "node:fs/promises";
import path from "node:path";
import { HarnessError } from "../../base/errors.ts";
import { readFiles } from "../configuration/files.ts";
import {
  type Body,
  readConfiguration,
  type WrittenModule,
} from "../configuration/written-module.ts";

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
  /** The local names of the providers to mock, each with its aliases. */
  readonly providers: ReadonlyMap<string, readonly string[]>;
  /** The arguments of the first aws provider. */
  readonly provider: Body;
  readonly variables: WrittenModule["variables"];
  /** Addresses in `import` blocks. */
  readonly imported: readonly string[];
}

/** Their resources have no effect outside of Terraform, and their values are of use. */
const REAL = new Set(["random", "time", "tls"]);

/**
 * Reads the files of a folder that `terraform init` has prepared.
 * @throws HarnessError ERR_TEMPLATE if a file cannot be read
 */
export async function readWritten(folder: string): Promise<WrittenFolder> {
  const root = await readConfiguration(folder);
  const { files } = await readFiles(folder);
  const contents = files.map(({ content }) => content as Content);
  await checkModules(root);
  return {
    blocks: blocksIn(root, [], undefined),
    provider: root.provider,
    variables: root.variables,
    providers: providersOf(contents, await lockedIn(folder)),
    imported: contents.flatMap(({ import: imported = [] }) =>
      [imported].flat().map(({ to }) => String(to).replace(/^\$\{(.*)\}$/, "$1")),
    ),
  };
}

/**
 * What these mocks would not reach: a provider of a module that is called, and a data source in a check.
 * @throws HarnessError ERR_TEMPLATE with the module's folder, and for a name that is none
 */
async function checkModules(module: WrittenModule, isRoot = true): Promise<void> {
  const names = [...module.calls.keys(), ...module.resources.keys()].flatMap((each) =>
    each.split("."),
  );
  const wrong = names.find((name) => !/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name));
  if (wrong !== undefined) {
    throw new HarnessError("ERR_TEMPLATE", `${JSON.stringify(wrong)} is no name in Terraform`);
  }
  if (module.folder !== undefined) {
    const { files } = await readFiles(module.folder);
    for (const { name, content } of files) {
      const { provider, check } = content as Content;
      const isOwn = Object.values(provider ?? {})
        .flatMap(records)
        .some((body) => Object.keys(body).some((key) => key !== "alias"));
      if (!isRoot && isOwn) {
        throw new HarnessError(
          "ERR_TEMPLATE",
          `${name}: a called module has a provider of its own, which cannot be mocked`,
        );
      }
      const isAsked = Object.values(check ?? {})
        .flatMap(records)
        .some((body) => body["data"]);
      if (isAsked) {
        throw new HarnessError(
          "ERR_TEMPLATE",
          `${name}: a check has a data source, which cannot be mocked`,
        );
      }
    }
  }
  for (const called of module.modules.values()) await checkModules(called, false);
}

/** The parts of a root module's file that {@link WrittenModule} does not have. */
interface Content {
  readonly import?: readonly { readonly to?: unknown }[];
  readonly provider?: Readonly<Record<string, unknown>>;
  readonly check?: Readonly<Record<string, unknown>>;
  readonly terraform?: unknown;
}

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
  contents: readonly Content[],
  sources: readonly string[],
): Map<string, readonly string[]> {
  const required = contents.flatMap(({ terraform }) =>
    records(terraform).flatMap(({ required_providers: all }) =>
      records(all).flatMap((each) => Object.entries(each)),
    ),
  );
  const names = sources.flatMap((source) => {
    const type = source.split("/").at(-1) ?? source;
    if (source === `hashicorp/${type}` && REAL.has(type)) return [];
    const local = required.filter(([, given]) => sourceOf(given) === source).map(([name]) => name);
    return [type, ...local];
  });
  return new Map(
    [...new Set(names)].map((name) => [
      name,
      contents.flatMap(({ provider }) =>
        records(provider?.[name]).flatMap(({ alias }) =>
          typeof alias === "string" ? [alias] : [],
        ),
      ),
    ]),
  );
}

/** `hashicorp/aws`, also where the registry's host is written. */
const sourceOf = (given: unknown): string =>
  records(given)
    .map(({ source }) => String(source).toLowerCase().split("/").slice(-2).join("/"))
    .at(0) ?? "";

/** Blocks, which may be in lists. */
const records = (value: unknown): Readonly<Record<string, unknown>>[] =>
  [value].flat().filter((each) => typeof each === "object" && each !== null) as Readonly<
    Record<string, unknown>
  >[];
