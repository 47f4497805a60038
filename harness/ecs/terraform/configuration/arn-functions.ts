import type { Functions } from "../expression/functions.ts";
import { parseSymbol } from "../expression/symbol.ts";

/** What an ARN of a resource type begins with, as in `arn:aws:ecs:eu-central-1:111111111111:`; undefined without a region. */
export type ArnStart = (type: string) => string | undefined;

/**
 * The functions, of which `split(":", arn)` also knows the region and the account of an ARN that only AWS knows. Modules
 * read them from one. The rest of the ARN stays a placeholder.
 */
export function withArns(functions: Functions, arnStart: ArnStart): Functions {
  return {
    ...functions,
    split: (separator, text) => {
      const found = typeof text === "string" && separator === ":" ? parseSymbol(text) : undefined;
      const start = found?.attribute === "arn" ? arnStart(typeOf(found.address)) : undefined;
      if (start === undefined) return functions["split"]?.(separator, text);
      return [...start.split(":").slice(0, -1), text];
    },
  };
}

/** The type in an address: the part before the last, and an index may contain dots. */
const typeOf = (address: string): string => /([\w-]+)\.[\w-]+(?:\[.*\])?$/.exec(address)?.[1] ?? "";
