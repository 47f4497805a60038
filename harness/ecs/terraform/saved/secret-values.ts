import { randomBytes } from "node:crypto";
import type { Block } from "../configuration/module.ts";
import { parseSymbol } from "../expression/symbol.ts";
import type { InstanceIndex } from "./instance-index.ts";
import type { Note } from "./note.ts";

/** Values of secrets in this run, by the address of the secret version. */
export type Drawn = Map<string, string>;

/**
 * Adds values to secret versions: unknown and write-only ones are drawn. A drawn value is kept even if a later
 * plan knows the value.
 * @param blocks of a whole plan
 */
export function withSecretValues(blocks: readonly Block[], drawn: Drawn): Block[] {
  const keys = jsonKeys(blocks);
  return blocks.map((block) => {
    if (block.type !== "aws_secretsmanager_secret_version" || block.kind !== "resource")
      return block;
    const { secret_string_wo: _written, ...given } = block.arguments;
    const value = drawn.get(block.address);
    if (value === undefined && given["secret_string"] !== undefined) return block;
    const secret = parseSymbol(String(given["secret_id"]))?.address ?? "";
    const chosen = value ?? draw(keysOf(secret, keys));
    drawn.set(block.address, chosen);
    return { ...block, arguments: { ...given, secret_string: chosen } };
  });
}

/**
 * Values of secrets that a plan creates and that have no value in it: someone sets it in AWS after apply.
 * @param blocks of a whole plan
 */
export function secretsWithoutValue(
  blocks: readonly Block[],
  instances: InstanceIndex,
  drawn: Drawn,
): { secrets: Readonly<Record<string, string>>; notes: readonly Note[] } {
  const keys = jsonKeys(blocks);
  const valued = new Set(
    blocks
      .filter(({ type }) => type === "aws_secretsmanager_secret_version")
      .map(({ arguments: given }) => parseSymbol(String(given["secret_id"]))?.address),
  );
  const secrets: Record<string, string> = {};
  for (const address of secretsIn(blocks)) {
    const instance = instances.at(address);
    if (!instance || valued.has(address) || typeof instance.values["value"] === "string") continue;
    const { type, values } = instance;
    const isNamed = type === "aws_secretsmanager_secret" && typeof values["name"] === "string";
    const chosen = drawn.get(address) ?? draw(keysOf(address, keys));
    drawn.set(address, chosen);
    secrets[isNamed ? String(values["name"]) : address] = chosen;
  }
  const text = "has no value in the plan; containers get a random one, unless you give one";
  return { secrets, notes: Object.keys(secrets).map((address) => ({ address, text })) };
}

/** The secrets that the plan creates and that containers use. */
function secretsIn(blocks: readonly Block[]): ReadonlySet<string> {
  const texts = blocks.map(({ arguments: { container_definitions: text } }) => text);
  const used = texts.flatMap((text) =>
    typeof text === "string" ? [...text.matchAll(/"valueFrom":"(⟨[^⟩]*⟩)/g)] : [],
  );
  return new Set(used.flatMap(([, reference = ""]) => parseSymbol(reference)?.address ?? []));
}

const randomText = (): string => randomBytes(16).toString("hex");

/** Random text, or an object with a random text for each key. */
function draw(keys: readonly string[]): string {
  return keys.length === 0
    ? randomText()
    : JSON.stringify(Object.fromEntries(keys.map((key) => [key, randomText()])));
}

/** A secret's JSON key in a container: `⟨address.arn⟩:key:`, or `${address.arn}:key:` in a template. */
const KEY = /(⟨[^⟩]+⟩|\$\{[^{}]+\.(?:arn|id)\}):([^:"\\]+):/g;

/** The address of a reference in a container. In a template it lacks the module. */
const addressOf = (reference: string): string =>
  parseSymbol(reference)?.address ?? reference.replace(/^\$\{(.*)\.\w+\}$/, "$1");

/** The JSON keys that containers use, by the address before them. */
function jsonKeys(blocks: readonly Block[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { arguments: given } of blocks) {
    const { container_definitions: text } = given;
    if (typeof text !== "string") continue;
    for (const [, reference = "", key = ""] of text.matchAll(KEY)) {
      const address = addressOf(reference);
      found.set(address, (found.get(address) ?? new Set()).add(key));
    }
  }
  return found;
}

/** The JSON keys of a secret that containers use. In a template its address lacks the module. */
function keysOf(secret: string, all: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const names = [secret, secret.replace(/^(module\.[^.]+\.)*/, "")];
  return [...new Set(names.flatMap((name) => [...(all.get(name) ?? [])]))];
}
