import { HarnessError } from "../../base/errors.ts";
import { isRecord } from "../expression/values.ts";
import {
  checkContent,
  type Content,
  type ModuleCall,
  type Output,
  unsupportedIn,
  type Variable,
} from "./content.ts";
import { type ModuleFiles, ModuleFolders, readFiles } from "./files.ts";

/** Values by name. */
export type Named<Value> = ReadonlyMap<string, Value>;

/** The arguments of a block. */
export type Body = Readonly<Record<string, unknown>>;

/** A module as it is written: the content of its files, and the modules that it calls. */
export interface WrittenModule {
  /** The folder for its relative paths; undefined if it was not read from files. */
  readonly folder: string | undefined;
  readonly locals: Named<unknown>;
  readonly variables: Named<Variable>;
  readonly outputs: Named<Output>;
  /** Resources, data sources and ephemeral resources: `aws_lb.main`, `data.aws_region.here`. */
  readonly resources: Named<Body>;
  readonly calls: Named<ModuleCall>;
  /** The called modules, by the name of the call; without those whose files are not here. */
  readonly modules: Named<WrittenModule>;
  /** Its files as they are written. */
  readonly contents: readonly Content[];
  /** The arguments of its first aws provider. */
  readonly provider: Body;
  /** The new addresses in its `moved` blocks. */
  readonly moved: readonly string[];
  /** What Terraform accepts in its files, and the local ECS does not. */
  readonly unsupported: readonly string[];
}

/** A module without any block. */
export const EMPTY_MODULE: WrittenModule = {
  folder: undefined,
  locals: new Map(),
  variables: new Map(),
  outputs: new Map(),
  resources: new Map(),
  calls: new Map(),
  modules: new Map(),
  contents: [],
  provider: {},
  moved: [],
  unsupported: [],
};

/**
 * Reads a module and the modules that it calls.
 * @param source a file, a folder with `.tf.json` and `.tf` files, or the content of a file
 * @throws HarnessError ERR_TEMPLATE if a file cannot be read, is half written, or is not a module
 */
export async function readConfiguration(source: string | object): Promise<WrittenModule> {
  if (typeof source === "string") {
    const all = await readFiles(source);
    return read(all, "", await ModuleFolders.of(all.folder));
  }
  const files = [{ name: "the template", content: source, isOverride: false }];
  const folder = process.cwd();
  const module = await read({ files, folder }, "", await ModuleFolders.of(folder));
  return { ...module, folder: undefined };
}

/** The folders of a module and of those that it calls. */
export const foldersOf = ({ folder, modules }: WrittenModule): string[] => [
  ...(folder === undefined ? [] : [folder]),
  ...[...modules.values()].flatMap(foldersOf),
];

/** @param key of the module in the list of installed modules: `web.container`; empty for the root */
async function read(
  { files, folder }: ModuleFiles,
  key: string,
  folders: ModuleFolders,
): Promise<WrittenModule> {
  const contents = files.map(({ name, content, isOverride }) => ({
    name,
    isOverride,
    content: checkContent(name, content),
  }));
  const calls = merged("module.", contents, ({ module }) => module);
  const modules = new Map<string, WrittenModule>();
  for (const [name, { source }] of calls) {
    const below = key === "" ? name : `${key}.${name}`;
    const at = await folders.find(folder, below, source);
    if (at !== undefined) modules.set(name, await read(await readFiles(at), below, folders));
  }
  return {
    folder,
    locals: merged("local.", contents, ({ locals }) => locals),
    variables: merged("var.", contents, ({ variable }) => variable),
    outputs: merged("output.", contents, ({ output }) => output),
    resources: merged("", contents, resourcesIn),
    calls,
    modules,
    contents: contents.map(({ content }) => content),
    provider: providerIn(contents),
    moved: contents.flatMap(({ content }) => content.moved.map(({ to }) => to)),
    unsupported: contents.flatMap(({ name, content }) =>
      unsupportedIn(content).map((each) => `${name}: ${each}`),
    ),
  };
}

interface CheckedFile {
  readonly isOverride: boolean;
  readonly content: Content;
}

/**
 * The blocks of all files by name. In an override file, an argument replaces the one in the other files.
 * @throws HarnessError ERR_TEMPLATE for a name that is declared twice
 */
function merged<Value>(
  prefix: string,
  files: readonly CheckedFile[],
  blocksIn: (content: Content) => readonly Readonly<Record<string, Value>>[],
): Named<Value> {
  const all = new Map<string, Value>();
  for (const { isOverride, content } of files) {
    for (const [name, value] of blocksIn(content).flatMap(Object.entries<Value>)) {
      const present = all.get(name);
      if (present !== undefined && !isOverride) {
        throw new HarnessError("ERR_TEMPLATE", `${prefix}${name} is declared twice`);
      }
      all.set(name, prefix === "local." ? value : overridden(present, value));
    }
  }
  return all;
}

function overridden<Value>(present: Value | undefined, value: Value): Value {
  if (!isRecord(present) || !isRecord(value)) return value;
  const lifecycle = { ...recordOf(present["lifecycle"]), ...recordOf(value["lifecycle"]) };
  return { ...present, ...value, ...(Object.keys(lifecycle).length > 0 && { lifecycle }) };
}

/** A block, which may be in a list of one. */
const recordOf = (value: unknown): Body => [value].flat().find(isRecord) ?? {};

/** Blocks with two labels, each by its address in the module. */
function resourcesIn(content: Content): Record<string, Body>[] {
  return (["resource", "data", "ephemeral"] as const).flatMap((kind) => {
    const prefix = kind === "resource" ? "" : `${kind}.`;
    const types = content[kind].flatMap((each) => Object.entries(each));
    return types.flatMap(([type, blocks]) =>
      blocks.map((named) =>
        Object.fromEntries(
          Object.entries(named).map(([name, body]) => [`${prefix}${type}.${name}`, body]),
        ),
      ),
    );
  });
}

function providerIn(files: readonly CheckedFile[]): Body {
  const first = (isOverride: boolean): Body | undefined =>
    files
      .filter((file) => file.isOverride === isOverride)
      .flatMap(({ content }) => content.provider.flatMap(({ aws = [] }) => aws))[0];
  return { ...first(false), ...first(true) };
}
