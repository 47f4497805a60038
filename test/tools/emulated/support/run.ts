import { vi } from "vitest";
import { environments } from "../../../../environments.ts";
import type { EnvironmentsInput } from "../../../../stacks/config/environment-schema.ts";
import { runEmulated } from "../../../../tools/emulated/run-emulated.ts";
import { emulatedSettings } from "../../../../tools/emulated/settings.ts";
import { type Answers, type Call, emulator, STUB, stub } from "./stub.ts";

/** Result of a run of stg with the stub of Terraform. */
export interface Run {
  readonly hasPassed: boolean;
  /** All printed lines, and the error that ended the run. */
  readonly said: string;
  readonly calls: readonly Call[];
}

export interface Choices {
  readonly all?: EnvironmentsInput;
  /** Timeout of a command, in milliseconds. */
  readonly timeout?: number;
  /** The Terraform command during which the run is interrupted. */
  readonly interruptedIn?: string;
}

export async function run(answers: Answers, choices: Choices = {}): Promise<Run> {
  const { all = environments, timeout = 20_000, interruptedIn } = choices;
  await using emulated = await emulator();
  using terraform = stub(answers);
  const variables = {
    ...terraform.variables,
    AWS_ENDPOINT_URL: emulated.url.href,
    AWS_PROFILE: "mine",
    AWS_ENDPOINT_URL_ECS: "https://ecs.example.com",
    TF_WORKSPACE: "mine",
    TERRAFORM_BINARY_NAME: STUB,
  };
  const interrupted = new AbortController();
  const { signal } = interrupted;
  const lines: string[] = [];
  const running = runEmulated(
    { ...emulatedSettings(all, ["stg"], variables), timeout },
    { environments: all, variables, signal, grace: 200, print: (line) => lines.push(line) },
  ).catch((error: unknown) => {
    lines.push(`rejected: ${String(error)}`);
    return false;
  });
  if (interruptedIn !== undefined) {
    await vi.waitUntil(() => terraform.calls.some(({ args }) => args[0] === interruptedIn), {
      timeout,
    });
    interrupted.abort(new Error("interrupted by SIGINT"));
  }
  const hasPassed = await running;
  return { hasPassed, said: lines.join("\n"), calls: terraform.calls };
}
