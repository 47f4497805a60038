import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { environments } from "../../../../environments.ts";
import type { EnvironmentsInput } from "../../../../stacks/config/environment-schema.ts";
import { rehearse } from "../../../../tools/rehearse/rehearse.ts";
import { rehearsalSettings } from "../../../../tools/rehearse/settings.ts";
import { recorded } from "./plans.ts";
import { type Answers, server, STUB, stub } from "./stub.ts";

/** Result of a rehearsal of stg with the stubs. */
export interface Run {
  readonly hasPassed: boolean;
  /** All printed lines, and the error that ended the run. */
  readonly said: string;
  /** Calls of Terraform and AWS, without Terraform's usual options. */
  readonly calls: readonly string[];
  readonly pids: readonly number[];
  /** The page of results; empty if there is none. */
  readonly page: string;
  /** What is in the folder of rehearsals. */
  readonly files: readonly string[];
}

export interface Choices {
  readonly all?: EnvironmentsInput;
  /** In an account instead of an emulator. */
  readonly account?: boolean;
  /** Milliseconds. */
  readonly minute?: number;
  readonly confirms?: boolean;
  /** Status of the app's answers. */
  readonly status?: number;
  /** A part of the call during which the run is interrupted. */
  readonly interruptedIn?: string;
}

const ACCOUNT_PLANS = (["first", "second", "release"] as const).map((each) =>
  recorded(each, false),
);

export async function run(answers: Answers, choices: Choices = {}): Promise<Run> {
  const { all = environments, account = false, minute = 960, confirms = true } = choices;
  const { status = 200, interruptedIn } = choices;
  await using emulator = await server();
  await using app = await server((_request, response) => response.writeHead(status).end());
  const plans = account ? { plans: ACCOUNT_PLANS } : {};
  using programs = stub({ url: app.url.href, ...plans, ...answers });
  const variables = {
    ...programs.variables,
    ...(!account && { AWS_ENDPOINT_URL: emulator.url.href }),
    TERRAFORM_BINARY_NAME: STUB,
  };
  const { signal, abort } = interruptible();
  const lines: string[] = [];
  const folder = join(programs.folder, "rehearsals");
  const args = ["stg", ...(account ? ["--account", "111111111111"] : [])];
  const running = rehearse(rehearsalSettings(all, args, variables), {
    variables,
    folder,
    signal,
    minute,
    print: (line) => lines.push(line),
    confirm: async () => confirms,
  }).catch((error: unknown) => {
    lines.push(`rejected: ${String(error)}`);
    return false;
  });
  if (interruptedIn !== undefined) {
    const isCalled = (): boolean => programs.calls.some(({ line }) => line.includes(interruptedIn));
    await vi.waitUntil(isCalled, { timeout: 50_000 });
    abort();
  }
  const hasPassed = await running;
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const page = files.find((name) => name.endsWith(".md"));
  return {
    hasPassed,
    said: lines.join("\n"),
    calls: programs.calls.map(({ line }) => line.replaceAll(/ -(?:input=false|no-color)/g, "")),
    pids: programs.calls.map(({ pid }) => pid),
    page: page === undefined ? "" : readFileSync(join(folder, page), "utf8"),
    files,
  };
}

function interruptible() {
  const interrupted = new AbortController();
  const abort = (): void => interrupted.abort(new Error("interrupted by SIGINT"));
  return { signal: interrupted.signal, abort };
}
