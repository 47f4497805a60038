import { HarnessError } from "../../base/errors.ts";
import { type ModuleCall, plainAddress, type Variable } from "./content.ts";
import { type Body, readConfiguration, type WrittenModule } from "./written-module.ts";

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
 * @throws HarnessError ERR_TEMPLATE if it cannot be read, is half written, or is not a root module
 */
export async function readModule(source: string | object): Promise<Module> {
  const name = typeof source === "string" ? source : "the template";
  const written = await readConfiguration(source);
  const blocks = new Map<string, Block>();
  const root = read(written, { path: "" }, blocks);
  if (blocks.size === 0) throw new HarnessError("ERR_TEMPLATE", `${name} declares no resource`);
  const { moved, provider } = written;
  return { blocks, counted: new Map(), root, moved, provider };
}

interface Place extends Pick<Scope, "path" | "call"> {
  /** Addresses in the `depends_on` of the module call. */
  readonly dependsOn?: readonly string[];
}

/** Reads a module and those that it calls, and adds their blocks. */
function read(
  module: WrittenModule,
  { dependsOn = [], ...place }: Place,
  blocks: Map<string, Block>,
): Scope {
  const { locals, variables, outputs, calls, modules, unsupported } = module;
  if (unsupported.length > 0) throw new HarnessError("ERR_TEMPLATE", unsupported.join("; "));
  const children = new Map<string, Scope>();
  const scope: Scope = {
    ...place,
    locals: Object.fromEntries(locals),
    variables: Object.fromEntries(variables),
    outputs: Object.fromEntries(outputs),
    children,
  };
  for (const [name, body] of module.resources) {
    const block = blockOf(name, body, scope, dependsOn);
    blocks.set(block.address, block);
  }
  for (const [name, call] of calls) {
    const { source, depends_on: needed = [] } = call;
    const prefix = `${scope.path}module.${name}.`;
    for (const meta of ["count", "for_each"]) {
      if (!Object.hasOwn(call, meta)) continue;
      const message = `${prefix}${meta}: a module with it is not modelled by the local ECS`;
      throw new HarnessError("ERR_TEMPLATE", message);
    }
    const called = modules.get(name);
    if (called === undefined) {
      const message = `${prefix}source: no folder for "${source}"; allowed: a path that begins with ./, ../ or /, or what \`terraform init\` has put beside the root module`;
      throw new HarnessError("ERR_TEMPLATE", message);
    }
    const child = read(
      called,
      {
        path: prefix,
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

function blockOf(name: string, body: Body, scope: Scope, dependsOn: readonly string[]): Block {
  const [, kind = "resource", type = ""] = /^(?:(data|ephemeral)\.)?([^.]*)\./.exec(name) ?? [];
  // "//" is metadata of CDKTF.
  const { "//": _metadata, ...rest } = body;
  return {
    address: `${scope.path}${name}`,
    kind: kind as Block["kind"],
    type,
    arguments: withAddresses(rest, scope, dependsOn),
    scope,
  };
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

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  return typeof value === "string" ? plainAddress(value) : value;
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
