import type { HarnessError } from "../../base/errors.ts";
import { indexOf, type ModuleStep } from "../expression/address.ts";
import { isRecord } from "../expression/values.ts";
import { plainAddress } from "./content.ts";
import type { Each } from "./each.ts";
import type { Scope } from "./scope.ts";
import type { WrittenModule } from "./written-module.ts";

/** An instance of a block: its address, type and unresolved arguments. */
export interface Block {
  /** `aws_ecs_service.redis`. The module, `data.` or `ephemeral.` come before it, and an index after it. */
  readonly address: string;
  readonly kind: "resource" | "data" | "ephemeral";
  readonly type: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The module instance of its expressions. */
  readonly steps: readonly ModuleStep[];
  /** What `count` or `for_each` gives to it. */
  readonly each: Each;
  /** Whether a saved plan replaces it. */
  readonly isReplaced?: boolean;
  /** Whether it exists in AWS before the run: a saved plan or state has it. */
  readonly exists?: boolean;
  /** Whether a saved plan has it for Fargate, in whose place the local hosts are. */
  readonly isFargate?: boolean;
}

/** All resources of a root module and of the modules that it calls. */
export interface Module {
  /** By address. */
  readonly blocks: ReadonlyMap<string, Block>;
  /** What their expressions refer to, apart from each other. */
  readonly root: WrittenModule;
  /** The problems of a saved plan's resources that could not be read, by address. */
  readonly unread?: ReadonlyMap<string, HarnessError>;
}

/** A module of these blocks. A dependency on a module or on a resource becomes one on each of its instances. */
export function moduleOf(root: WrittenModule, blocks: readonly Block[]): Module {
  const addresses = blocks.map(({ address }) => address);
  const all = blocks.map((block) => withDependencies(block, addresses));
  return { root, blocks: new Map(all.map((block) => [block.address, block])) };
}

function withDependencies(block: Block, addresses: readonly string[]): Block {
  const { depends_on: needed } = block.arguments;
  if (!Array.isArray(needed)) return block;
  const all = needed.flatMap((name: unknown) => {
    if (typeof name !== "string" || addresses.includes(name)) return [name];
    const parts = addresses.filter(
      (each) => each.startsWith(`${name}.`) || each.startsWith(`${name}[`),
    );
    return parts.length > 0 ? parts : [name];
  });
  return { ...block, arguments: { ...block.arguments, depends_on: [...new Set(all)] } };
}

/**
 * The instances of a resource in a module instance.
 * @param resource `aws_ecs_service.redis`, with `data.` or `ephemeral.` before it
 */
export function blocksOf(scope: Scope, resource: string): readonly Block[] {
  const body = scope.module.resources.get(resource);
  if (!body) return [];
  const [, kind = "resource", type = ""] = /^(?:(data|ephemeral)\.)?([^.]*)/.exec(resource) ?? [];
  // "//" is metadata of CDKTF.
  const { "//": _metadata, count: _count, for_each: _each, ...rest } = body;
  const given = withAddresses(rest, scope);
  return scope.instancesOf(resource, body).map((each) => ({
    address: `${scope.path}${resource}${indexOf(each.key)}`,
    kind: kind as Block["kind"],
    type,
    arguments: given,
    steps: scope.steps,
    each,
  }));
}

/** Meta-arguments with the addresses of their module instance, and with what its calls depend on. */
function withAddresses(body: Block["arguments"], scope: Scope): Block["arguments"] {
  const { depends_on: needed, lifecycle, ...rest } = body;
  const inherited = scope.dependsOn();
  const own = inModule(scope, needed);
  const all: unknown = inherited.length === 0 ? own : [own ?? [], inherited].flat();
  return {
    ...rest,
    ...(all !== undefined && { depends_on: all }),
    ...(lifecycle !== undefined && { lifecycle: lifecycleIn(scope, lifecycle) }),
  };
}

function lifecycleIn(scope: Scope, written: unknown): unknown {
  const lifecycle: unknown = Array.isArray(written) && written.length === 1 ? written[0] : written;
  if (!isRecord(lifecycle)) return written;
  const { ignore_changes: ignored, replace_triggered_by: triggers, ...rest } = lifecycle;
  return {
    ...rest,
    ...(ignored !== undefined && { ignore_changes: plain(ignored) }),
    ...(triggers !== undefined && { replace_triggered_by: inModule(scope, triggers) }),
  };
}

const inModule = (scope: Scope, addresses: unknown): unknown =>
  Array.isArray(addresses)
    ? addresses.flatMap((each: unknown): readonly unknown[] =>
        typeof each === "string" ? scope.addressesOf(plainAddress(each)) : [each],
      )
    : addresses;

function plain(addresses: unknown): unknown {
  if (Array.isArray(addresses)) return addresses.map(plain);
  return typeof addresses === "string" ? plainAddress(addresses) : addresses;
}
