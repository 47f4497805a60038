import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LockError } from "../../stacks/providers/lock-error.ts";
import {
  committedLock,
  parseLock,
  type ProviderLock,
  readIfExists,
} from "../../stacks/providers/lock-file.ts";
import { lockFor } from "../../stacks/providers/locks-for.ts";
import type { RootModule } from "../../stacks/providers/required-providers.ts";
import { LOCK_FILE, type Tool } from "../../stacks/providers/tool.ts";
import type { Variables } from "../../stacks/terraform-program.ts";

/** Machines that run Terraform: Linux runners and hosts, and Macs. */
const platforms = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

/** Milliseconds. Each platform is a download of more than 100 MB. */
const TIMEOUT = 30 * 60_000;

export interface RenewLockOptions {
  /** The tool's command: a path, or a name on PATH. */
  readonly program: string;
  readonly providers: RootModule;
  /** The repository's folder. */
  readonly root: string;
  readonly variables: Variables;
  readonly signal: AbortSignal;
}

/**
 * Runs a tool to write the lock file of these providers, and copies it into the repository. Only the tool writes
 * hashes: it reads them from its registry and checks their signatures.
 *
 * @returns whether the file has changed
 * @throws LockError `ERR_LOCK_FAILED`; `ERR_LOCK_INVALID` if the committed file is invalid; the reason of `signal`
 * after an abort
 */
export async function renewLock(
  tool: Tool,
  { program, providers, root, variables, signal }: RenewLockOptions,
): Promise<boolean> {
  const before = await committedLock(tool, root);
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  try {
    writeFileSync(join(folder, "providers.tf.json"), JSON.stringify(providers));
    await runProvidersLock(tool, program, { folder, variables, signal });
    const text = readIfExists(join(folder, LOCK_FILE));
    if (text === undefined) throw failed(tool, "the tool wrote no file");
    const renewed = await parseLock(text, tool);
    const { missing } = lockFor(providers, renewed);
    if (missing.length > 0)
      throw failed(tool, `the new file does not match: ${missing.join("; ")}`);
    expectSamePackages(before, renewed);
    return replace(join(root, tool.lockFile), text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Refuses a package that changed without a new version. The tool itself would only add the new hashes to those of
 * the committed file, so it runs without that file.
 */
function expectSamePackages(before: ProviderLock | undefined, { tool, providers }: ProviderLock) {
  for (const [address, { version, hashes }] of before?.providers ?? []) {
    const now = providers.get(address);
    const gone =
      now?.version === version ? hashes.filter((hash) => !now.hashes.includes(hash)) : [];
    if (gone.length === 0) continue;
    throw failed(
      tool,
      `${address} ${version}: ${gone.length} of ${hashes.length} locked hashes are missing. A package changed without a new version, or this ${tool.name} writes fewer hashes. To accept that, delete the file first`,
    );
  }
}

async function runProvidersLock(
  tool: Tool,
  program: string,
  {
    folder,
    variables,
    signal,
  }: Pick<RenewLockOptions, "variables" | "signal"> & { folder: string },
): Promise<void> {
  signal.throwIfAborted();
  const args = ["providers", "lock", ...platforms.map((platform) => `-platform=${platform}`)];
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...variables },
    stdio: ["ignore", "inherit", "inherit"],
    timeout: TIMEOUT,
  });
  const interrupt = (): boolean => child.kill("SIGINT");
  signal.addEventListener("abort", interrupt);
  const [status, killedBy] = await once(child, "close")
    .catch((cause: unknown) => {
      throw failed(tool, String(cause), { cause });
    })
    .finally(() => signal.removeEventListener("abort", interrupt));
  signal.throwIfAborted();
  if (status === 0) return;
  throw failed(tool, killedBy === null ? `exit code ${status}` : `killed by ${killedBy}`);
}

function failed({ name, lockFile }: Tool, why: string, options?: ErrorOptions): LockError {
  return new LockError(
    "ERR_LOCK_FAILED",
    `${lockFile} was not written. ${name} providers lock: ${why}`,
    options,
  );
}

function replace(file: string, text: string): boolean {
  if (readIfExists(file) === text) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}
