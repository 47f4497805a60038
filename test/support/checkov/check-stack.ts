import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Milliseconds; a stack takes it seconds. */
const TIMEOUT = 300_000;

/** What checkov found in one stack. */
export interface Checked {
  readonly passed: number;
  /** `CKV_AWS_297 aws_scheduler_schedule.hourly`, each. */
  readonly failed: readonly string[];
}

interface Options {
  /** The synthesized `cdk.tf.json`. */
  readonly file: string;
  /** What is accepted: `.checkov.yaml` or its like. */
  readonly config: string;
  /** @default "checkov" */
  readonly command?: string;
}

/**
 * Checks a stack with checkov. It reads a copy without `terraform.required_version`: checkov 3.3 takes
 * that string for a list, stops, and ends with 0 although it has checked nothing.
 *
 * @throws Error when it could not be run, could not read the stack, or checked nothing
 */
export async function checkStack({ file, config, command = "checkov" }: Options): Promise<Checked> {
  const folder = mkdtempSync(join(tmpdir(), "checkov-"));
  try {
    mkdirSync(join(folder, "stack"));
    writeFileSync(join(folder, "stack", "cdk.tf.json"), withoutVersion(readFileSync(file, "utf8")));
    const args = [
      "--directory",
      join(folder, "stack"),
      "--config-file",
      config,
      "--output",
      "json",
    ];
    return checkedIn(await outputOf(command, args));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withoutVersion(json: string): string {
  const { terraform, ...rest } = JSON.parse(json) as { terraform: { required_version?: string } };
  const { required_version: _version, ...others } = terraform;
  return JSON.stringify({ ...rest, terraform: others }, undefined, 2);
}

/** Findings are in its output and its exit code: here the output counts. */
async function outputOf(command: string, args: readonly string[]): Promise<string> {
  try {
    const options = { timeout: TIMEOUT, maxBuffer: 256 * 1024 * 1024 };
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    const { code, stdout = "", message } = error as Error & { code?: unknown; stdout?: string };
    if (code === 1 && stdout !== "") return stdout;
    if (code === "ENOENT") {
      const install = "install it with: pipx install checkov==3.3.8";
      throw new Error(`${command} is not on PATH: ${install}`, { cause: error });
    }
    throw new Error(`${command} could not be run: ${message}`, { cause: error });
  }
}

interface Report {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[];
  };
}

/** @param output of checkov: one report, or a list with one for each framework */
function checkedIn(output: string): Checked {
  const reports = [JSON.parse(output) as Report | Report[]].flat();
  // Without anything to check, a report is only { "passed": 0, ... }.
  const whole = reports.filter((each) => each.summary);
  const sum = (of: (report: Report) => number): number =>
    whole.reduce((total, each) => total + of(each), 0);
  const unread = sum(({ summary }) => summary.parsing_errors);
  if (unread > 0) throw new Error(`checkov could not read ${unread} file(s)`);
  const passed = sum(({ summary }) => summary.passed);
  const failed = whole.flatMap(({ results }) =>
    results.failed_checks.map(({ check_id: id, resource }) => `${id} ${resource}`),
  );
  if (passed + failed.length === 0) throw new Error("checkov checked nothing");
  return { passed, failed };
}
