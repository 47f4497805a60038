import { ModuleFolders } from "../../configuration/module-folders.ts";
import { readContents } from "../../configuration/module-files.ts";
import { isRecord } from "../configuration/expression-of.ts";

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

/**
 * Reads the configuration of a folder and of the modules that it calls.
 * @throws HarnessError with the name of the file
 */
export async function readSource(folder: string): Promise<SourceModule> {
  return read(folder, "", await ModuleFolders.of(folder));
}

/** The folders of a module and of those that it calls. */
export const foldersOf = ({ folder, modules }: SourceModule): string[] => [
  folder,
  ...[...modules.values()].flatMap(foldersOf),
];

async function read(folder: string, key: string, folders: ModuleFolders): Promise<SourceModule> {
  const contents = (await readContents(folder)).map(({ content }) =>
    isRecord(content) ? content : {},
  );
  const calls = namedIn(contents, "module");
  const modules = new Map<string, SourceModule>();
  for (const [name, body] of Object.entries(calls)) {
    const below = key === "" ? name : `${key}.${name}`;
    const at = await folders.find(folder, below, body["source"]);
    if (at !== undefined) modules.set(name, await read(at, below, folders));
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
