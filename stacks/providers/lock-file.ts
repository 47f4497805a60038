import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LockError } from "./lock-error.ts";
import type { Tool } from "./tool.ts";

/** The entry of a provider in a lock file: https://developer.hashicorp.com/terraform/language/files/dependency-lock */
export interface LockedProvider {
  readonly version: string;
  readonly constraints?: string | undefined;
  readonly hashes: readonly string[];
}

/** The lock file of a tool. */
export interface ProviderLock {
  /** Terraform or OpenTofu. */
  readonly tool: Tool;
  /** `version`, `constraints` and `hashes` of each provider, by address, such as `registry.terraform.io/hashicorp/aws`. */
  readonly providers: ReadonlyMap<string, LockedProvider>;
}

// Synthesis writes the file again, so unknown content is refused, and so are characters that need escaping.
const lockedProvider = z.strictObject(
  {
    version: z.string("a version").regex(/^[\w.+-]+$/, "a version such as 6.25.0"),
    constraints: z
      .string("version constraints")
      .regex(/^[\w.+\-~<>=!, ]+$/, "version constraints such as 6.25.0")
      .optional(),
    hashes: z
      .array(
        z.string("a hash").regex(/^\w+:[\w+/=]+$/, "a hash that begins with h1: or zh:"),
        "a list of hashes",
      )
      .min(1, "at least one hash"),
  },
  "only version, constraints and hashes",
);

const lockFile = z.strictObject(
  {
    provider: z.record(
      z.string().regex(/^[\w.:-]+\/[\w-]+\/[\w-]+$/),
      z.tuple([lockedProvider], "one block per provider"),
      "provider blocks with addresses such as registry.terraform.io/hashicorp/aws",
    ),
  },
  "only provider blocks",
);

/**
 * Reads the committed lock file of a tool; undefined if there is none.
 *
 * @param tool the result of `toolOf`
 * @param root the repository's folder
 * @throws {LockError} `ERR_LOCK_INVALID`
 * @see https://developer.hashicorp.com/terraform/language/files/dependency-lock
 * @example
 * const lock = await committedLock(toolOf({}), tmpdir());
 * console.log(lock); // undefined
 */
export async function committedLock(tool: Tool, root: string): Promise<ProviderLock | undefined> {
  const text = readIfExists(join(root, tool.lockFile));
  return text === undefined ? undefined : parseLock(text, tool);
}

/** @throws LockError `ERR_LOCK_INVALID` */
export async function parseLock(text: string, tool: Tool): Promise<ProviderLock> {
  const { success, data, error } = lockFile.safeParse(await parseHcl(text, tool));
  if (!success) {
    const [issue] = error.issues;
    const where = ["file", ...(issue?.path ?? [])].join(".");
    throw invalid(tool, `${where}: expected ${issue?.message}`);
  }
  const providers = Object.entries(data.provider).map(
    ([address, [locked]]) => [address, locked] as const,
  );
  return { tool, providers: new Map(providers) };
}

async function parseHcl(text: string, tool: Tool): Promise<unknown> {
  // Load the WebAssembly parser only if there is a lock file: it takes 0.15 s.
  const { parse } = await import("@cdktf/hcl2json");
  try {
    return await parse(tool.lockFile, text);
  } catch (error) {
    throw invalid(tool, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function invalid({ lockFile: file }: Tool, why: string, options?: ErrorOptions): LockError {
  return new LockError(
    "ERR_LOCK_INVALID",
    `${file} is not a provider lock file: ${why}. Delete it and run npm run lock`,
    options,
  );
}

/** The text of a file; undefined if the file does not exist. */
export function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Formats a lock file as the tools do. */
export function renderLock({ providers }: ProviderLock): string {
  return [...providers]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([address, locked]) => renderProvider(address, locked))
    .join("\n");
}

function renderProvider(address: string, { version, constraints, hashes }: LockedProvider): string {
  return [
    `provider "${address}" {`,
    `  version     = "${version}"`,
    ...(constraints === undefined ? [] : [`  constraints = "${constraints}"`]),
    "  hashes = [",
    ...hashes.map((hash) => `    "${hash}",`),
    "  ]",
    "}",
    "",
  ].join("\n");
}
