import { execFile } from "node:child_process";
import { mkdtemp, open, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { HarnessError } from "../../base/errors.ts";
import { findCommand, thisSystem } from "../../programs/operating-system.ts";
import { GuardedProcess } from "../../machine/guarded-process.ts";
import { Guardian } from "../../machine/guardian.ts";
import { checkOwners } from "./module-owners.ts";

/** The first with `override_resource` for instances, and `-json` with the values. */
const OLDEST = [1, 11] as const;

/** Milliseconds. A folder with hundreds of resources takes a minute. */
const VERSION_TIMEOUT = 20_000;
const TEST_TIMEOUT = 600_000;

/** A problem that Terraform reports. */
const diagnostic = z.object({
  severity: z.string(),
  summary: z.string(),
  detail: z.string().default(""),
  address: z.string().optional(),
  range: z.object({ filename: z.string(), start: z.object({ line: z.number() }) }).nullish(),
});

const attribute = z.object({
  type: z.unknown(),
  optional: z.boolean().default(false),
  computed: z.boolean().default(false),
});

/** What a provider says about its types. */
const schemas = z.record(
  z.string(),
  z.object({ block: z.object({ attributes: z.record(z.string(), attribute).default({}) }) }),
);

const testPlan = z.object({
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        mode: z.enum(["managed", "data"]),
        type: z.string(),
        change: z.object({
          actions: z.array(z.string()),
          after: z.record(z.string(), z.unknown()).nullish(),
          after_unknown: z.record(z.string(), z.unknown()).default({}),
          importing: z.object({}).optional(),
        }),
      }),
    )
    .default([]),
  provider_schemas: z
    .record(z.string(), z.object({ resource_schemas: schemas.default({}) }))
    .default({}),
});

export type TestPlan = z.output<typeof testPlan>;

/** https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const message = z.object({
  diagnostic: diagnostic.optional(),
  test_plan: testPlan.optional(),
  test_state: z.object({ root_module: z.record(z.string(), z.unknown()).optional() }).optional(),
  test_run: z.object({ status: z.string().optional() }).optional(),
  test_file: z.object({ progress: z.string().optional() }).optional(),
});

/** What `terraform test` has found. */
export interface TestResult {
  readonly plan: TestPlan | undefined;
  /** The values, as in a state. */
  readonly root: object | undefined;
  readonly problems: readonly string[];
}

/** Terraform, in a folder of the user. It leaves nothing there, also when this process is killed. */
export class TerraformProgram implements AsyncDisposable {
  readonly #program: string;
  readonly #folder: string;
  readonly #guardian: Guardian;
  /** The folder of the test file: it must be inside. */
  readonly #tests: string;
  #runs = 0;

  private constructor(program: string, folder: string, guardian: Guardian, tests: string) {
    this.#program = program;
    this.#folder = folder;
    this.#guardian = guardian;
    this.#tests = tests;
  }

  /**
   * @param folder with `.tf` files, in which `terraform init` has run
   * @param modules the folders of all its modules, its own among them
   * @throws HarnessError ERR_TEMPLATE if it has not, ERR_PLATFORM without a Terraform of a new enough version
   */
  static async in(folder: string, modules: readonly string[]): Promise<TerraformProgram> {
    const program = await findTerraform();
    for (const each of modules) await checkOwners(each);
    await checkInitialised(folder);
    const guardian = await Guardian.start();
    const tests = await mkdtemp(path.join(folder, "local-ecs-")).catch((error: unknown) => {
      void guardian.close();
      throw new HarnessError(
        "ERR_TEMPLATE",
        `${folder} must be writable for a moment: ${String(error)}`,
        {
          cause: error,
        },
      );
    });
    guardian.atEnd(["/bin/rm", "-f", path.join(tests, TEST_FILE)]);
    guardian.atEnd(["/bin/rmdir", tests]);
    return new TerraformProgram(program, folder, guardian, tests);
  }

  /**
   * Evaluates the folder.
   * @param content of the test file
   * @param variables `-var` and `-var-file` with their values
   */
  async test(
    content: string,
    variables: readonly string[],
    signal?: AbortSignal,
  ): Promise<TestResult> {
    await rm(path.join(this.#tests, TEST_FILE), { force: true });
    // A new file: what has its name meanwhile may be a link of somebody else.
    await writeFile(path.join(this.#tests, TEST_FILE), content, { mode: 0o600, flag: "wx" });
    const name = path.basename(this.#tests);
    const argv = [
      this.#program,
      `-chdir=${this.#folder}`,
      "test",
      "-json",
      "-verbose",
      "-no-color",
      `-test-directory=${name}`,
      // The folder's own tests would run too, with real providers.
      `-filter=${name}/${TEST_FILE}`,
      ...variables,
    ];
    return resultOf(await this.#output(argv, signal));
  }

  /** The output is too large for a pipe that is read at the end: it has the schemas of all types. */
  async #output(argv: readonly string[], signal: AbortSignal | undefined): Promise<string> {
    const file = path.join(this.#guardian.folder, `terraform-${(this.#runs += 1)}.json`);
    const output = await open(file, "wx", 0o600);
    try {
      const options = { argv, env: quietEnvironment(), cwd: this.#folder, output: output.fd };
      const running = await GuardedProcess.start(this.#guardian, options);
      const limit = AbortSignal.timeout(TEST_TIMEOUT);
      const ended = AbortSignal.any([limit, ...(signal ? [signal] : [])]);
      const kill = (): void => running.kill();
      ended.addEventListener("abort", kill);
      if (ended.aborted) kill();
      await running.exited;
      ended.removeEventListener("abort", kill);
      signal?.throwIfAborted();
      if (limit.aborted) {
        throw new HarnessError(
          "ERR_TIMEOUT",
          `terraform test did not end within ${TEST_TIMEOUT} ms`,
        );
      }
      return await readFile(file, "utf8");
    } finally {
      await output.close();
      await rm(file, { force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(path.join(this.#tests, TEST_FILE), { force: true });
    await rmdir(this.#tests).catch(() => {});
    await this.#guardian.close();
  }
}

const TEST_FILE = "evaluate.tftest.hcl";

/** What Terraform needs of this process' variables. Others may be credentials. */
const GIVEN =
  /^(?:PATH|HOME|TMPDIR|LANG|TF_VAR_.*|TF_CLI_CONFIG_FILE|TF_PLUGIN_CACHE_DIR|(?:HTTPS?|NO)_PROXY)$/i;

/** No credential, no profile and no host's role: what is not mocked must reach no account. */
function quietEnvironment(): Record<string, string> {
  const given = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && GIVEN.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(given),
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
  };
}

async function findTerraform(): Promise<string> {
  const asked = process.env["TERRAFORM_BINARY_NAME"] || "terraform";
  const program = findCommand(thisSystem(), asked);
  const needs = `Terraform ${OLDEST.join(".")} or later evaluates the folder`;
  if (program === undefined) {
    throw new HarnessError(
      "ERR_PLATFORM",
      `${needs}, and ${asked} is not on PATH: install it, or name it in TERRAFORM_BINARY_NAME`,
    );
  }
  const { stdout } = await promisify(execFile)(program, ["version"], {
    timeout: VERSION_TIMEOUT,
  }).catch((error: unknown) => {
    throw new HarnessError("ERR_PLATFORM", `${program} version: ${String(error)}`, {
      cause: error,
    });
  });
  // Tests of OpenTofu give all instances of a resource the same values: two services of one `for_each` would be one.
  const [line = ""] = stdout.split("\n");
  const [, major = 0, minor = 0] = /^Terraform v(\d+)\.(\d+)/.exec(line)?.map(Number) ?? [];
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new HarnessError("ERR_PLATFORM", `${needs}, and ${program} is ${line}`);
  }
  return program;
}

async function checkInitialised(folder: string): Promise<void> {
  const lock = await readFile(path.join(folder, ".terraform.lock.hcl"), "utf8").catch(() => "");
  if (lock.includes("provider ")) return;
  const text = `${folder} is not initialised; run: terraform -chdir=${folder} init -backend=false`;
  throw new HarnessError("ERR_TEMPLATE", text);
}

/** One JSON object a line. */
function resultOf(output: string): TestResult {
  const all = output.split("\n").flatMap((line) => {
    try {
      return [message.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
  // The teardown plans without targets, and its problems are none of the values.
  const end = all.findIndex(({ test_file: file }) => file?.progress === "teardown");
  const messages = end === -1 ? all : all.slice(0, end);
  const { status } = messages.findLast(({ test_run: run }) => run?.status)?.test_run ?? {};
  const isPassed = status === "pass";
  return {
    plan: isPassed ? messages.find((each) => each.test_plan)?.test_plan : undefined,
    root: isPassed ? messages.find((each) => each.test_state)?.test_state?.root_module : undefined,
    problems: messages
      .flatMap(({ diagnostic: problem }) => (problem?.severity === "error" ? [problem] : []))
      .map(problemText),
  };
}

function problemText({ summary, detail, address, range }: z.output<typeof diagnostic>): string {
  const where = range ? `${range.filename}:${range.start.line}` : undefined;
  const at = [where, address].filter((each) => each !== undefined).join(", ");
  return [`${at === "" ? "" : `${at}: `}${summary}`, detail.split("\n")[0] ?? ""]
    .filter((each) => each !== "")
    .join(": ");
}
