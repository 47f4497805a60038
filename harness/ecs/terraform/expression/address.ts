/** A number of `count`, or a key of `for_each`; undefined for a block without them. */
export type Key = string | number | undefined;

/** A module call in the path of a module instance. */
export interface ModuleStep {
  readonly name: string;
  readonly index: Key;
}

/** An index of a `count`, or a key of a `for_each`. */
const INDEX = String.raw`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`;

/** The address of a block: `module.app.aws_lb.main` of `module.app["a"].aws_lb.main[0]`. */
export const withoutKeys = (address: string): string =>
  address.replaceAll(new RegExp(INDEX, "g"), "");

/** The pattern of a block's address: modules, kind, type, name and index. */
export const ADDRESS = String.raw`(?:module\.[\w-]+(?:${INDEX})?\.)*(?:(?:data|ephemeral)\.)?[\w-]+\.[\w-]+(?:${INDEX})?`;

const STEP = new RegExp(String.raw`module\.([\w-]+)(${INDEX})?\.`, "gy");

/** The module calls in an address. */
export const stepsOf = (address: string): ModuleStep[] =>
  [...address.matchAll(STEP)].map(([, name = "", index]) => ({
    name,
    index: index === undefined ? undefined : (JSON.parse(index) as [string | number])[0],
  }));

/** The address prefix of a module instance. */
export const pathOf = (steps: readonly ModuleStep[]): string =>
  steps.map(({ name, index }) => `module.${name}${indexOf(index)}.`).join("");

/** The end of an instance's address. */
export const indexOf = (key: Key): string => (key === undefined ? "" : `[${JSON.stringify(key)}]`);
