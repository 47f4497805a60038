import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
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
  /** Whether it sends requests to the emulator during an apply, as the provider does. @default false */
  readonly asks?: boolean;
}

/** A recorded call of the stub. */
export interface Call {
  readonly args: readonly string[];
  readonly pid: number;
  readonly variables: Readonly<Record<string, string>>;
  /** The SHA-256 of the root module's JSON. */
  readonly module: string;
  readonly override: unknown;
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
      return linesOf(join(folder, "calls")).map((line) => callIn(folder, line));
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
    asks = false,
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
    ...(asks && { asks: "" }),
  };
}

/** Reads a recorded call: its line, and the files whose names begin with its process id. */
function callIn(folder: string, line: string): Call {
  const [pid = "", ...args] = line.split(" ");
  const file = (name: string): string => join(folder, `${pid}.${name}`);
  const variables = linesOf(file("variables"))
    .filter((each) => /^(AWS|TF|CHECKPOINT)_/.test(each))
    .map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]);
  return {
    args,
    pid: Number(pid),
    variables: Object.fromEntries(variables) as Record<string, string>,
    module: createHash("sha256")
      .update(readFileSync(file("module")))
      .digest("hex"),
    override: JSON.parse(readFileSync(file("override"), "utf8")),
  };
}

const linesOf = (file: string): string[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** An HTTP server that behaves like MiniStack as far as the run depends on it. */
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
