import { randomBytes } from "node:crypto";
import type { Block } from "../module.ts";
import { parseSymbol, symbol } from "../symbol.ts";

/** Values of secrets in this run, by the address of their version. */
export type Drawn = Map<string, string>;

/**
 * Versions of secrets with a value: one that a plan does not know, or that is written only, is drawn. What has been
 * drawn stays, also where a later plan knows it.
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

/** A random text, or an object of them. */
function draw(keys: readonly string[]): string {
  return keys.length === 0
    ? randomText()
    : JSON.stringify(Object.fromEntries(keys.map((key) => [key, randomText()])));
}

/** The JSON keys of a secret that containers get: `ARN:key::`. */
function keysOf(secret: string, texts: readonly string[]): string[] {
  // In a template the address is that of its module.
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
