import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { recorded, type RecordedPlan } from "./plans.ts";

/** The program that stands for Terraform. */
export const STUB = fileURLToPath(new URL("../fixtures/terraform.mjs", import.meta.url));

/** What the stub answers. */
export interface Answers {
  /** Plans in the order in which they are made. */
  readonly plans?: readonly RecordedPlan[];
  /** What is left after a destroy. */
  readonly left?: readonly string[];
  /** By command, what it says when it fails. */
  readonly fails?: Readonly<Record<string, string>>;
  /** The command that never ends by itself. */
  readonly hangs?: string;
  readonly ignoresInterrupts?: boolean;
  /** Whether a plan to destroy what is protected is refused. */
  readonly refuses?: boolean;
}

/** How the stub was called. */
export interface Call {
  readonly args: readonly string[];
  readonly pid: number;
  readonly variables: Readonly<Record<string, string>>;
  /** The SHA-256 of the root module's JSON. */
  readonly module: string;
  readonly override: unknown;
}

/** The folder of a stub, and what it records. */
export function stub(answers: Answers): Disposable & {
  readonly variables: Record<string, string>;
  readonly calls: Call[];
} {
  const folder = mkdtempSync(join(tmpdir(), "stub-"));
  writeFileSync(join(folder, "calls.jsonl"), "");
  const plans = answers.plans ?? [recorded("first"), recorded("second"), recorded("release")];
  for (const [number, plan] of plans.entries()) {
    writeFileSync(join(folder, `${number}.plan.json`), JSON.stringify(plan));
  }
  const [first] = plans;
  const state = (first?.resource_changes ?? []).map(({ address }) => address);
  const version = {
    terraform_version: "1.11.4",
    provider_selections: { "registry.terraform.io/hashicorp/aws": "6.25.0" },
  };
  writeFileSync(
    join(folder, "answers.json"),
    JSON.stringify({ left: [], fails: {}, ...answers, state, version }),
  );
  return {
    variables: { PATH: process.env["PATH"] ?? "", STUB: folder },
    get calls() {
      const lines = readFileSync(join(folder, "calls.jsonl"), "utf8").split("\n");
      return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Call);
    },
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An HTTP server that answers as MiniStack does, in what the run depends on. */
export async function emulator(): Promise<
  AsyncDisposable & { readonly url: URL; readonly asked: { target: string; body: unknown }[] }
> {
  const asked: { target: string; body: unknown }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = String(request.headers["x-amz-target"]);
    const body = await text(request);
    const json = (body === "" ? {} : JSON.parse(body)) as { NamespaceId?: string };
    if (body !== "") asked.push({ target, body: json });
    const isRefused = target.startsWith("Route53AutoNaming") && json.NamespaceId === undefined;
    response.writeHead(isRefused ? 400 : 200);
    response.end(
      isRefused
        ? '{"__type":"InvalidInput","message":"NamespaceId is required"}'
        : '{"service":{"serviceName":"s","networkConfiguration":{}}}',
    );
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
