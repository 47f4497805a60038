import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recorded, type RecordedPlan } from "./plans.ts";

/** The stub of Terraform. */
export const STUB = fileURLToPath(new URL("../fixtures/terraform.sh", import.meta.url));

/** Behavior of the stub. */
export interface Answers {
  /** Plans, in order. */
  readonly plans?: readonly RecordedPlan[];
  /** Addresses that remain after a destroy. */
  readonly left?: readonly string[];
  /** Error messages of failing commands, by command. */
  readonly fails?: Readonly<Record<string, string>>;
  /** The command that does not end. */
  readonly hangs?: string;
  readonly ignoresInterrupts?: boolean;
  /** Whether a destroy plan of a protected environment is refused. @default true */
  readonly refuses?: boolean;
}

/** A recorded call of the stub. */
export interface Call {
  readonly args: readonly string[];
  readonly pid: number;
}

/** Creates the folder of a stub. */
export function stub(answers: Answers): Disposable & {
  readonly variables: Record<string, string>;
  readonly calls: Call[];
} {
  const folder = mkdtempSync(join(tmpdir(), "stub-"));
  for (const [name, content] of Object.entries(filesOf(answers))) {
    writeFileSync(join(folder, name), content);
  }
  return {
    variables: { PATH: process.env["PATH"] ?? "", STUB: folder },
    get calls() {
      return linesOf(join(folder, "calls")).map((line) => {
        const [pid = "", ...args] = line.split(" ");
        return { pid: Number(pid), args };
      });
    },
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The files that the stub reads. */
function filesOf(answers: Answers): Record<string, string> {
  const {
    plans = [recorded("first"), recorded("second"), recorded("release")],
    left = [],
    fails = {},
    hangs = "",
    ignoresInterrupts = false,
    refuses = true,
  } = answers;
  const version = {
    terraform_version: "1.11.4",
    provider_selections: { "registry.terraform.io/hashicorp/aws": "6.25.0" },
  };
  const state = (plans[0]?.resource_changes ?? []).map(({ address }) => address);
  return {
    calls: "",
    "next-plan": "0",
    "version.json": JSON.stringify(version),
    state: state.join("\n"),
    left: left.join("\n"),
    hangs,
    ...Object.fromEntries(
      plans.map((plan, number) => [`${number}.plan.json`, JSON.stringify(plan)]),
    ),
    ...Object.fromEntries(
      Object.entries(fails).map(([command, says]) => [`fails.${command}`, says]),
    ),
    // Flags: the file exists or not.
    ...(ignoresInterrupts && { "ignores-interrupts": "" }),
    ...(refuses && { refuses: "" }),
  };
}

const linesOf = (file: string): string[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** An HTTP server that accepts every request. */
export async function emulator(): Promise<AsyncDisposable & { readonly url: URL }> {
  const server = createServer((_request, response) => response.end("{}"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
