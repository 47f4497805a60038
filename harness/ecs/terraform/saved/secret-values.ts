import { randomBytes } from "node:crypto";
import type { Block } from "../module.ts";
import { parseSymbol, symbol } from "../symbol.ts";

/** Values of secrets in this run, by the address of the secret version. */
export type Drawn = Map<string, string>;

/**
 * Adds values to secret versions: unknown and write-only ones are drawn. A drawn value is kept even if a later
 * plan knows the value.
 * @param blocks of a whole plan
 */
export function withSecretValues(blocks: readonly Block[], drawn: Drawn): Block[] {
  const texts = blocks
    .map(({ arguments: { container_definitions: text } }) => text)
    .filter((text) => typeof text === "string");
  return blocks.map((block) => {
    if (block.type !== "aws_secretsmanager_secret_version" || block.kind !== "resource")
      return block;
    const { secret_string_wo: _written, ...given } = block.arguments;
    const value = drawn.get(block.address);
    if (value === undefined && given["secret_string"] !== undefined) return block;
    const secret = parseSymbol(String(given["secret_id"]))?.address ?? "";
    const chosen = value ?? draw(keysOf(secret, texts));
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

/** The JSON keys of a secret that containers use: `ARN:key::`. */
function keysOf(secret: string, texts: readonly string[]): string[] {
  // In a template the address includes the module.
  const names = [
    symbol(secret, "").slice(0, -1),
    `\${${secret.replace(/^(module\.[^.]+\.)*/, "")}.`,
  ];
  const found = texts.flatMap((text) =>
    names.flatMap((name) =>
      text
        .split(name)
        .slice(1)
        .flatMap((rest) => /^(?:arn|id)[⟩}]:([^:"\\]+):/.exec(rest)?.[1] ?? []),
    ),
  );
  return [...new Set(found)];
}
