import { randomBytes } from "node:crypto";
import type { Block } from "../module.ts";
import { parseSymbol } from "../symbol.ts";

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

const randomText = (): string => randomBytes(16).toString("hex");

/** Random text, or an object with a random text for each key. */
function draw(keys: readonly string[]): string {
  return keys.length === 0
    ? randomText()
    : JSON.stringify(Object.fromEntries(keys.map((key) => [key, randomText()])));
}

/** A secret's JSON key in a container: `⟨address.arn⟩:key:`, or `${address.arn}:key:` in a template. */
const KEY = /(?:⟨|\$\{)([^⟨⟩{}]+)\.(?:arn|id)[⟩}]:([^:"\\]+):/g;

/** The JSON keys that containers use, by the address before them. */
function jsonKeys(blocks: readonly Block[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { arguments: given } of blocks) {
    const { container_definitions: text } = given;
    if (typeof text !== "string") continue;
    for (const [, address = "", key = ""] of text.matchAll(KEY)) {
      found.set(address, (found.get(address) ?? new Set()).add(key));
    }
  }
  return found;
}

/** The JSON keys of a secret that containers use. In a template its address lacks the module. */
function keysOf(secret: string, all: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const names = [secret.replaceAll('"', "'"), secret.replace(/^(module\.[^.]+\.)*/, "")];
  return [...new Set(names.flatMap((name) => [...(all.get(name) ?? [])]))];
}
