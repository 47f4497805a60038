import { isRecord } from "../../expression/values.ts";
import { expressionOf } from "./expression-of.ts";

/** A written block: its position, and its constants in the order of their names. */
interface Written {
  readonly block: unknown;
  readonly position: number;
  readonly constants: readonly string[];
}

/** Written blocks whose constants have the same names. */
interface Group {
  readonly names: readonly string[];
  readonly all: readonly Written[];
  /** By their constants. */
  readonly byConstants: ReadonlyMap<string, readonly Written[]>;
}

/** Finds the written blocks that may be a block of a plan: blocks of a set have no order. */
export class RepeatedBlocks {
  readonly #groups: readonly Group[];

  constructor(blocks: readonly unknown[]) {
    const groups = new Map<string, { names: readonly string[]; all: Written[] }>();
    for (const [position, block] of blocks.entries()) {
      const constants = constantsOf(block);
      const names = constants.map(([name]) => name);
      const key = JSON.stringify(names);
      const group = groups.get(key) ?? { names, all: [] };
      group.all.push({ block, position, constants: constants.map(([, constant]) => constant) });
      groups.set(key, group);
    }
    this.#groups = [...groups.values()].map(({ names, all }) => ({
      names,
      all,
      byConstants: byConstants(all),
    }));
  }

  /** The written blocks whose constants equal the known values of a block. */
  fitting(values: unknown): unknown[] {
    const given = isRecord(values) ? values : {};
    return this.#groups
      .flatMap((group) => fittingIn(group, given))
      .toSorted((one, other) => one.position - other.position)
      .map(({ block }) => block);
  }
}

function byConstants(all: readonly Written[]): ReadonlyMap<string, readonly Written[]> {
  const found = new Map<string, Written[]>();
  for (const each of all) {
    const key = JSON.stringify(each.constants);
    const others = found.get(key);
    if (others) others.push(each);
    else found.set(key, [each]);
  }
  return found;
}

function fittingIn(
  { names, all, byConstants: index }: Group,
  given: Readonly<Record<string, unknown>>,
): readonly Written[] {
  const values = names.map((name) => given[name] ?? undefined);
  if (!values.includes(undefined)) return index.get(JSON.stringify(values.map(plain))) ?? [];
  // An unknown value may be any.
  const known = values.map((value) => (value === undefined ? undefined : plain(value)));
  return all.filter(({ constants }) =>
    known.every((value, position) => value === undefined || value === constants[position]),
  );
}

function constantsOf(block: unknown): (readonly [name: string, constant: string])[] {
  return Object.entries(isRecord(block) ? block : {})
    .flatMap(([name, expression]) => {
      const { constant, references } = expressionOf(expression);
      const isGiven = constant !== undefined && references.length === 0;
      return isGiven && typeof constant !== "object" ? [[name, plain(constant)] as const] : [];
    })
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** A constant has the type of the source: a port may be text. */
const plain = (value: unknown): string => (JSON.stringify(value) ?? "").replaceAll('"', "");
