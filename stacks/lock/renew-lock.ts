import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LockError } from "../providers/lock-error.ts";
import {
  committedLock,
  parseLock,
  type ProviderLock,
  readIfThere,
} from "../providers/lock-file.ts";
import { lockFor } from "../providers/locks-for.ts";
import type { RootModule } from "../providers/required-providers.ts";
import { LOCK_FILE, type Tool } from "../providers/tool.ts";
import type { Variables } from "../terraform-program.ts";

/** Where somebody or something plans: Linux runners and hosts, and Macs. */
const platforms = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

/** It downloads the AWS provider for each platform, more than 100 MB each time. */
const TIMEOUT = 30 * 60_000;

export interface RenewLockOptions {
  /** The tool's command, by its path or on PATH. */
  readonly program: string;
  readonly providers: RootModule;
  /** The repository's folder. */
  readonly root: string;
  readonly variables: Variables;
}

/**
 * Lets a tool write the lock file of these providers, and puts it into the repository. Hashes come from
 * the tool alone, which takes them from its registry and checks their signatures.
 *
 * @returns whether the file has changed
 * @throws LockError `ERR_LOCK_FAILED`, and `ERR_LOCK_INVALID` when the committed file is none
 */
export async function renewLock(
  tool: Tool,
  { program, providers, root, variables }: RenewLockOptions,
): Promise<boolean> {
  const before = await committedLock(tool, root);
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  try {
    writeFileSync(join(folder, "providers.tf.json"), JSON.stringify(providers));
    runProvidersLock(tool, program, { cwd: folder, env: { ...variables } });
    const text = readIfThere(join(folder, LOCK_FILE));
    if (text === undefined) throw failed(tool, "it wrote no file");
    const renewed = await parseLock(text, tool);
    const { missing } = lockFor(providers, renewed);
    if (missing.length > 0) throw failed(tool, `in what it wrote, ${missing.join("; ")}`);
    expectSamePackages(before, renewed);
    return replace(join(root, tool.lockFile), text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A version's packages never change. The tool does not compare: it would add the hashes of a changed
 * package to those of the committed file, so it is given none.
 */
function expectSamePackages(before: ProviderLock | undefined, { tool, providers }: ProviderLock) {
  for (const [address, { version, hashes }] of before?.providers ?? []) {
    const now = providers.get(address);
    const gone =
      now?.version === version ? hashes.filter((hash) => !now.hashes.includes(hash)) : [];
    if (gone.length === 0) continue;
    throw failed(
      tool,
      `of ${address} ${version}, ${gone.length} of ${hashes.length} locked hashes are gone: a package has changed under its version, or this ${tool.name} writes fewer hashes. To accept that, delete the file first`,
    );
  }
}

function runProvidersLock(
  tool: Tool,
  program: string,
  place: { cwd: string; env: NodeJS.ProcessEnv },
): void {
  const args = ["providers", "lock", ...platforms.map((platform) => `-platform=${platform}`)];
  const { status, signal, error } = spawnSync(program, args, {
    ...place,
    stdio: ["ignore", "inherit", "inherit"],
    timeout: TIMEOUT,
  });
  if (status === 0) return;
  const why = signal === null ? `it ended with ${status}` : `it was ended by ${signal}`;
  throw failed(tool, error?.message ?? why, { cause: error });
}

function failed({ name, lockFile }: Tool, why: string, options?: ErrorOptions): LockError {
  return new LockError(
    "ERR_LOCK_FAILED",
    `${lockFile} was not written. ${name}, providers lock: ${why}`,
    options,
  );
}

function replace(file: string, text: string): boolean {
  if (readIfThere(file) === text) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}
