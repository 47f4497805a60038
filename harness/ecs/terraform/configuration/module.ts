import { HarnessError } from "../../base/errors.ts";
import {
  checkContent,
  type ModuleCall,
  type ModuleContent,
  type Variable,
} from "./module-content.ts";
import { readFiles, type ModuleFiles } from "./module-files.ts";
import { ModuleFolders } from "./module-folders.ts";

/** A block of the template: its address, type and unresolved arguments. */
export interface Block {
  /** `aws_ecs_service.redis`. `data.` or `ephemeral.` and the module come before it. */
  readonly address: string;
  readonly kind: "resource" | "data" | "ephemeral";
  readonly type: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The module of its expressions. */
  readonly scope: Scope;
  /** Its index if its block has a `count`. */
  readonly index?: number;
  /** Whether a saved plan replaces it. */
  readonly isReplaced?: boolean;
}

/** A module of a template: what its expressions can refer to, apart from blocks. */
export interface Scope {
  /** The prefix of its addresses: `` for the root, `module.redis.` for a child. */
  readonly path: string;
  readonly locals: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, Variable>>;
  readonly outputs: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly children: ReadonlyMap<string, Scope>;
  /** The call of the module; undefined for the root. */
  readonly call?: { readonly scope: Scope; readonly inputs: Readonly<Record<string, unknown>> };
}

/** A root module with its child modules. */
export interface Module {
  /** The blocks of all modules, by address. */
  readonly blocks: ReadonlyMap<string, Block>;
  /** The instances of each block with a `count`, by its address; empty until they are expanded. */
  readonly counted: ReadonlyMap<string, readonly Block[]>;
  readonly root: Scope;
  /** The root's addresses in its `moved` blocks. */
  readonly moved: readonly string[];
  /** Arguments of the first `provider "aws"` block. */
  readonly provider: Readonly<Record<string, unknown>>;
  /** The problems of a saved plan's resources that could not be read, by address. */
  readonly unread?: ReadonlyMap<string, HarnessError>;
}

/**
 * Reads a root module and the modules that it calls.
 * @param source a `cdk.tf.json` file, a folder with `.tf.json` and `.tf` files, or the content of a file
 * @param folder the folder for the relative paths of a content
 * @throws HarnessError ERR_TEMPLATE if it cannot be read, is half written, or is not a root module
 */
export async function readModule(
  source: string | object,
  folder: string = process.cwd(),
): Promise<Module> {
  const name = typeof source === "string" ? source : "the template";
  const files =
    typeof source === "string"
      ? await readFiles(source)
      : { contents: [checkContent(name, source)], folder };
  const blocks = new Map<string, Block>();
  const folders = await ModuleFolders.of(files.folder);
  const root = await read(files, { path: "", folders }, blocks);
  if (blocks.size === 0) throw new HarnessError("ERR_TEMPLATE", `${name} declares no resource`);
  const [provider = {}] = files.contents.flatMap((content) =>
    [content.provider?.["aws"] ?? []].flat(),
  );
  const moved = files.contents.flatMap((content) =>
    content.moved.map(({ to }) => String(bare(to))),
  );
  return { blocks, counted: new Map(), root, moved, provider };
}

interface Place extends Pick<Scope, "path" | "call"> {
  /** Addresses in the `depends_on` of the module call. */
  readonly dependsOn?: readonly string[];
  readonly folders: ModuleFolders;
}

/** Reads a module and those that it calls, and adds their blocks. */
async function read(
  { contents, folder }: ModuleFiles,
  { dependsOn = [], folders, ...place }: Place,
  blocks: Map<string, Block>,
): Promise<Scope> {
  const children = new Map<string, Scope>();
  const scope: Scope = {
    ...place,
    locals: merged<unknown>(contents.flatMap(({ locals }) => locals)),
    variables: merged(contents.map(({ variable }) => variable)),
    outputs: merged(contents.map(({ output }) => output)),
    children,
  };
  for (const block of contents.flatMap((content) => [...declared(content, scope, dependsOn)])) {
    if (blocks.has(block.address)) {
      throw new HarnessError("ERR_TEMPLATE", `${block.address} is declared twice`);
    }
    blocks.set(block.address, block);
  }
  const calls = contents.flatMap(({ module }) => Object.entries(module));
  for (const [name, call] of calls) {
    const { source, depends_on: needed } = call;
    const prefix = `${scope.path}module.${name}.`;
    const key = prefix.replaceAll(/(^|\.)module\./g, "$1").slice(0, -1);
    const at = await folders.find(folder, key, source);
    if (at === undefined) {
      const message = `${prefix}source: no folder for "${source}"; allowed: a path that begins with ./, ../ or /, or what \`terraform init\` has put beside the root module`;
      throw new HarnessError("ERR_TEMPLATE", message);
    }
    const child = await read(
      await readFiles(at),
      {
        path: prefix,
        folders,
        call: { scope, inputs: inputsOf(call) },
        dependsOn: [...dependsOn, ...needed.map((address) => addressIn(scope, address))],
      },
      blocks,
    );
    checkInputs(child);
    children.set(name, child);
  }
  return scope;
}

function merged<Value>(
  records: readonly Readonly<Record<string, Value>>[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)));
}

function inputsOf(call: ModuleCall): Record<string, unknown> {
  const { source: _source, version: _version, depends_on: _needed, "//": _notes, ...inputs } = call;
  return inputs;
}

/** @throws HarnessError ERR_TEMPLATE for an input without a variable, and for a missing input */
function checkInputs({ path: prefix, variables, call }: Scope): void {
  const given = call?.inputs ?? {};
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(variables, name));
  if (unknown !== undefined) {
    const names = Object.keys(variables).join(", ");
    throw new HarnessError(
      "ERR_TEMPLATE",
      `${prefix}${unknown}: no such variable; variables: ${names}`,
    );
  }
  const missing = Object.entries(variables).find(
    ([name, variable]) => !Object.hasOwn(given, name) && variable.default === undefined,
  );
  if (missing === undefined) return;
  throw new HarnessError("ERR_TEMPLATE", `${prefix}${missing[0]}: the call must set it`);
}

function* declared(
  content: ModuleContent,
  scope: Scope,
  dependsOn: readonly string[],
): Generator<Block> {
  for (const kind of ["resource", "data", "ephemeral"] as const) {
    for (const [type, named] of Object.entries(content[kind] ?? {})) {
      for (const [name, body] of Object.entries(named)) {
        // "//" is metadata of CDKTF.
        const { "//": _metadata, ...rest } = body;
        const prefix = kind === "resource" ? "" : `${kind}.`;
        const address = `${scope.path}${prefix}${type}.${name}`;
        yield { address, kind, type, arguments: withAddresses(rest, scope, dependsOn), scope };
      }
    }
  }
}

/** Meta-arguments with the addresses of their module. */
function withAddresses(
  body: Readonly<Record<string, unknown>>,
  scope: Scope,
  dependsOn: readonly string[],
): Record<string, unknown> {
  const { depends_on: needed, lifecycle, ...rest } = body;
  const inModule = (addresses: unknown): unknown =>
    Array.isArray(addresses)
      ? addresses.map((each: unknown) => (typeof each === "string" ? addressIn(scope, each) : each))
      : addresses;
  const all: unknown =
    dependsOn.length === 0 ? inModule(needed) : [inModule(needed) ?? [], dependsOn].flat();
  return {
    ...rest,
    ...(all !== undefined && { depends_on: all }),
    ...(lifecycle !== undefined && { lifecycle: lifecycleIn(lifecycle, inModule) }),
  };
}

function lifecycleIn(written: unknown, inModule: (addresses: unknown) => unknown): unknown {
  const lifecycle: unknown = Array.isArray(written) && written.length === 1 ? written[0] : written;
  if (typeof lifecycle !== "object" || lifecycle === null) return written;
  const changed = new Map([
    ["ignore_changes", bare],
    ["replace_triggered_by", inModule],
  ]);
  return Object.fromEntries(
    Object.entries(lifecycle).map(([key, value]) => [key, changed.get(key)?.(value) ?? value]),
  );
}

const addressIn = (scope: Scope, address: string): string =>
  `${scope.path}${String(bare(address))}`;

/** JSON that was converted from HCL has `${...}` around a plain address. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  return typeof value === "string" ? value.replace(/^\$\{([\w.[\]-]+)\}$/, "$1") : value;
}

/** The instances of a block with a count. */
export function numbered(block: Block, count: number): Block[] {
  const { count: _count, ...rest } = block.arguments;
  return Array.from({ length: count }, (_, index) => ({
    ...block,
    address: `${block.address}[${index}]`,
    arguments: rest,
    index,
  }));
}
