import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  findCommand,
  thisSystem,
} from "../../../../../../harness/ecs/programs/operating-system.ts";

const HERE = path.join(import.meta.dirname, "..");
const STAND_IN = path.join(import.meta.dirname, "stand-in.mjs");

/** The command that records the folders anew, where Terraform and the provider are. */
const COMMAND = "RECORD=1 npx vitest run test/harness/ecs/terraform/evaluation";

const TERRAFORM = findCommand(thisSystem(), "terraform");

/** A copy of a folder that Terraform evaluates, or a stand-in with what it has said before. */
export interface EvaluatedFolder extends Disposable {
  readonly folder: string;
  /** The file with what the stand-in says. */
  readonly record: string;
  /** What the stand-in was started with. */
  readonly calls: () => readonly {
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly text: string;
    readonly folder: readonly string[];
  }[];
}

/** Whether Terraform can evaluate here: with the provider, which `terraform init` finds. TERRAFORM_EVALUATES demands it. */
export const isTerraformHere = ((): boolean => {
  const isHere = TERRAFORM !== undefined && canInitialise();
  if (!isHere && process.env["TERRAFORM_EVALUATES"] !== undefined) {
    throw new Error("TERRAFORM_EVALUATES is set, and terraform init fails");
  }
  return isHere;
})();

function canInitialise(): boolean {
  const copy = copyOf("fleet");
  try {
    return isInitialised(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function copyOf(name: string): string {
  const copy = mkdtempSync(path.join(tmpdir(), "evaluated-"));
  cpSync(path.join(HERE, "folders", name), copy, { recursive: true });
  return copy;
}

function isInitialised(folder: string): boolean {
  try {
    execFileSync(String(TERRAFORM), [`-chdir=${folder}`, "init", "-backend=false", "-no-color"], {
      stdio: "ignore",
      timeout: 120_000,
    });
    return true;
  } catch {
    return false;
  }
}

/** A folder of `folders/` for the stand-in, or for Terraform itself. @param program @default what was recorded */
export function evaluatedFolder(
  name: string,
  program: "recorded" | "real" = "recorded",
): EvaluatedFolder {
  const folder = copyOf(name);
  const beside = mkdtempSync(path.join(tmpdir(), "stand-in-"));
  const isReal = program === "real";
  const isRecording = !isReal && process.env["RECORD"] !== undefined;
  if (isReal || isRecording) {
    if (!isInitialised(folder)) throw new Error(`terraform init fails in ${folder}`);
  } else {
    // Modules at relative paths need no installation.
    writeFileSync(path.join(folder, ".terraform.lock.hcl"), LOCK);
  }
  const kept = path.join(HERE, "recorded", `${name}.json`);
  const record = isRecording ? kept : path.join(beside, "record.json");
  const hash = hashOf(path.join(HERE, "folders", name));
  if (isRecording) writeFileSync(record, JSON.stringify({ hash }));
  else {
    const text = readFileSync(kept, "utf8");
    const { hash: recorded } = JSON.parse(text) as { hash?: string };
    if (recorded !== hash) throw new Error(`folders/${name} has changed; record it: ${COMMAND}`);
    writeFileSync(record, text);
  }
  const calls = path.join(beside, "calls");
  const standIn = path.join(beside, "terraform");
  const real = isRecording ? `EVALUATION_REAL='${TERRAFORM}' ` : "";
  const line = `EVALUATION_RECORD='${record}' EVALUATION_CALLS='${calls}' ${real}exec '${process.execPath}' '${STAND_IN}' "$@"`;
  writeFileSync(standIn, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  const { TERRAFORM_BINARY_NAME: before } = process.env;
  process.env["TERRAFORM_BINARY_NAME"] = isReal ? TERRAFORM : standIn;
  return {
    folder,
    record,
    calls: () =>
      existsSync(calls)
        ? readFileSync(calls, "utf8")
            .trim()
            .split("\n")
            .map((each) => JSON.parse(each) as ReturnType<EvaluatedFolder["calls"]>[number])
        : [],
    [Symbol.dispose]: () => {
      if (before === undefined) delete process.env["TERRAFORM_BINARY_NAME"];
      else process.env["TERRAFORM_BINARY_NAME"] = before;
      for (const made of [folder, beside]) rmSync(made, { recursive: true, force: true });
    },
  };
}

const LOCK = 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.100.0"\n}\n';

function hashOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tf(?:vars)?$/.test(name))
    .toSorted();
  const hash = createHash("sha256");
  for (const name of files)
    hash.update(`${name}\0${readFileSync(path.join(folder, name), "utf8")}\0`);
  return hash.digest("hex");
}
