import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { isRecord } from "../expression-of.ts";

type Bodies = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The configuration of a module, as it is written. */
export interface SourceModule {
  readonly folder: string;
  readonly locals: Readonly<Record<string, unknown>>;
  /** Bodies by name. */
  readonly variables: Bodies;
  readonly outputs: Bodies;
  readonly calls: Bodies;
  /** Bodies by type and name: `aws_lb.main`, `data.aws_region.here`. */
  readonly resources: Bodies;
  /** The modules that it calls, by the name of the call; without those whose files are not here. */
  readonly modules: ReadonlyMap<string, SourceModule>;
}

/** Folders of installed modules, by their key: `web`, `web.container`. */
type Installed = ReadonlyMap<string, string>;

/** Modules may call others up to this depth. */
const DEEPEST = 10;

/** Whether a folder has a Terraform configuration. */
export const isConfiguration = async (folder: string): Promise<boolean> =>
  (await namesIn(folder)).length > 0;

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => /\.tf(\.json)?$/.test(name)).toSorted();

/**
 * Reads the configuration of a folder and of the modules that it calls: from relative paths, and as
 * `terraform init` has installed them.
 * @throws an error of the parser, with the name of the file
 */
export async function readSource(folder: string): Promise<SourceModule> {
  return read(folder, "", await installedIn(folder));
}

/** The folders of a module and of those that it calls. */
export const foldersOf = ({ folder, modules }: SourceModule): string[] => [
  folder,
  ...[...modules.values()].flatMap(foldersOf),
];

async function installedIn(folder: string): Promise<Installed> {
  const file = path.join(folder, ".terraform/modules/modules.json");
  const text = await readFile(file, "utf8").catch(() => "{}");
  const { Modules: all }: { Modules?: unknown } = JSON.parse(text) as object;
  const entries = Array.isArray(all) ? all.filter(isRecord) : [];
  return new Map(
    entries.map(({ Key: key, Dir: at }) => [String(key), path.join(folder, String(at))]),
  );
}

async function read(folder: string, key: string, installed: Installed): Promise<SourceModule> {
  const contents = await Promise.all(
    (await namesIn(folder)).map(async (name) => parsed(path.join(folder, name))),
  );
  const calls = namedIn(contents, "module");
  const modules = new Map<string, SourceModule>();
  for (const [name, body] of Object.entries(calls)) {
    const below = key === "" ? name : `${key}.${name}`;
    const at = await folderOf(folder, body["source"], installed.get(below));
    if (at === undefined || below.split(".").length > DEEPEST) continue;
    modules.set(name, await read(at, below, installed));
  }
  return {
    folder,
    calls,
    modules,
    locals: Object.fromEntries(
      contents.flatMap((content) => blocksOf(content["locals"]).flatMap(Object.entries<unknown>)),
    ),
    variables: namedIn(contents, "variable"),
    outputs: namedIn(contents, "output"),
    resources: { ...typedIn(contents, "resource", ""), ...typedIn(contents, "data", "data.") },
  };
}

async function parsed(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, "utf8");
  if (file.endsWith(".json")) return JSON.parse(text) as Record<string, unknown>;
  const { parse } = await import("@cdktf/hcl2json");
  return parse(path.basename(file), text);
}

async function folderOf(
  folder: string,
  source: unknown,
  installed: string | undefined,
): Promise<string | undefined> {
  const local =
    typeof source === "string" && /^\.\.?\//.test(source) ? path.join(folder, source) : undefined;
  const at = installed ?? local;
  const found = at === undefined ? undefined : await stat(at).catch(() => undefined);
  return found?.isDirectory() === true ? at : undefined;
}

const blocksOf = (value: unknown): Readonly<Record<string, unknown>>[] =>
  [value ?? []].flat().filter(isRecord);

/** Blocks with one label. */
function namedIn(contents: readonly Readonly<Record<string, unknown>>[], kind: string): Bodies {
  const named = contents.flatMap((content) =>
    blocksOf(content[kind]).flatMap(Object.entries<unknown>),
  );
  return Object.fromEntries(named.flatMap(([name, body]) => first(name, body)));
}

/** Blocks with two labels. */
function typedIn(
  contents: readonly Readonly<Record<string, unknown>>[],
  kind: string,
  prefix: string,
): Bodies {
  const types = contents.flatMap((content) =>
    blocksOf(content[kind]).flatMap(Object.entries<unknown>),
  );
  return Object.fromEntries(
    types.flatMap(([type, named]) =>
      blocksOf(named).flatMap((each) =>
        Object.entries(each).flatMap(([name, body]) => first(`${prefix}${type}.${name}`, body)),
      ),
    ),
  );
}

const first = (name: string, body: unknown): [string, Readonly<Record<string, unknown>>][] => {
  const [only] = blocksOf(body);
  return only ? [[name, only]] : [];
};
