import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recorded, type RecordedPlan } from "./plans.ts";

/** The stub of Terraform, and the folder with the stub of the AWS CLI. */
export const STUB = fileURLToPath(new URL("../fixtures/terraform.sh", import.meta.url));
const BIN = fileURLToPath(new URL("../fixtures/bin", import.meta.url));

/** Behavior of the stubs. */
export interface Answers {
  /** Plans, in order. */
  readonly plans?: readonly RecordedPlan[];
  /** Addresses that remain after a destroy. */
  readonly left?: readonly string[];
  /** Error messages of failing commands of Terraform and operations of AWS. */
  readonly fails?: Readonly<Record<string, string>>;
  /** The command or operation that does not end. */
  readonly hangs?: string;
  readonly ignoresInterrupts?: boolean;
  /** Account of the credentials. @default that of stg */
  readonly account?: string;
  /** @default none */
  readonly clusters?: readonly object[];
  /** Exit code of a task that ends. @default 0 */
  readonly exitCode?: number;
  /** State of a job of AWS Backup. @default COMPLETED */
  readonly backup?: string;
  /** URL of the app. */
  readonly url?: string;
}

/** A recorded call of a stub. */
export interface Call {
  readonly pid: number;
  /** The program and its arguments. */
  readonly line: string;
}

/** Creates the folder of the stubs. */
export function stub(answers: Answers): Disposable & {
  readonly variables: Record<string, string>;
  readonly calls: Call[];
  readonly folder: string;
} {
  const folder = mkdtempSync(join(tmpdir(), "stub-"));
  for (const [name, content] of Object.entries(filesOf(answers))) {
    writeFileSync(join(folder, name), content);
  }
  return {
    folder,
    variables: { PATH: `${BIN}:${process.env["PATH"] ?? ""}`, STUB: folder },
    get calls() {
      const lines = readFileSync(join(folder, "calls"), "utf8").split("\n");
      return lines.flatMap((text) => {
        const [, pid, line = ""] = /^(\d+) (.*?) ?$/.exec(text) ?? [];
        return pid === undefined ? [] : [{ pid: Number(pid), line }];
      });
    },
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The files that the stubs read. */
function filesOf(answers: Answers): Record<string, string> {
  const {
    plans = [recorded("first"), recorded("second"), recorded("release")],
    left = [],
    fails = {},
    hangs = "",
    ignoresInterrupts = false,
    account = "111111111111",
    clusters = [],
    exitCode = 0,
    backup = "COMPLETED",
    url = "http://127.0.0.1:1",
  } = answers;
  const state = (plans[0]?.resource_changes ?? []).map(({ address }) => address);
  return {
    calls: "",
    "next-plan": "0",
    state: state.join("\n"),
    left: left.join("\n"),
    hangs,
    identity: JSON.stringify({ Account: account }),
    clusters: JSON.stringify({ clusters }),
    place: "1",
    "exit-code": String(exitCode),
    backup,
    "output.app_url": url,
    "output.load_balancer_dns_name": "127.0.0.1",
    "output.redis_check": "aws ecs run-task --cluster 'stg' --overrides 'of the check'",
    "output.redis_copy": "aws ecs run-task --cluster 'stg' --task-definition stg-copy-redis",
    ...Object.fromEntries(
      plans.map((plan, number) => [`${number}.plan.json`, JSON.stringify(plan)]),
    ),
    ...Object.fromEntries(
      Object.entries(fails).map(([command, says]) => [`fails.${command}`, says]),
    ),
    // Flags: the file exists or not.
    ...(ignoresInterrupts && { "ignores-interrupts": "" }),
  };
}

/** An HTTP server: an emulator that accepts every request, or an app. */
export async function server(
  listener: RequestListener = (_request, response) => response.end("{}"),
): Promise<AsyncDisposable & { readonly url: URL }> {
  const listening = createServer(listener);
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      listening.closeAllConnections();
      listening.close();
      await once(listening, "close");
    },
  };
}
