#!/usr/bin/env node
// Stands for Terraform. It prints what Terraform has printed for a folder; with EVALUATION_REAL it runs Terraform, and records that.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const args = process.argv.slice(2);
const {
  EVALUATION_RECORD: file = "",
  EVALUATION_REAL: real,
  EVALUATION_CALLS: calls,
} = process.env;
if (args[0] === "version") {
  if (real) process.stdout.write(spawnSync(real, args, { encoding: "utf8" }).stdout);
  else console.log("Terraform v1.11.4");
  process.exit(0);
}
const option = (name) => args.find((word) => word.startsWith(`-${name}=`))?.slice(name.length + 2);
const folder = option("chdir");
const tests = path.join(folder, option("test-directory"));
const [name] = readdirSync(tests);
const text = readFileSync(path.join(tests, name), "utf8");
const command = /command = (plan|apply)/.exec(text)[1];
if (calls) {
  const call = { args, env: process.env, text, folder: readdirSync(folder) };
  appendFileSync(calls, `${JSON.stringify(call)}\n`);
}
const record = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
if (real) {
  const { stdout } = spawnSync(real, args, { encoding: "utf8", maxBuffer: 1 << 30 });
  process.stdout.write(stdout);
  record[command] = stdout.split("\n").filter(Boolean).map(JSON.parse).flatMap(kept);
  writeFileSync(file, JSON.stringify(record));
} else if (record[command] === "hangs") {
  setInterval(() => {}, 1000);
} else {
  for (const message of record[command] ?? []) console.log(JSON.stringify(message));
}

/** What is read of a message. A plan has the schemas of all types. */
function kept({
  type,
  diagnostic,
  test_plan: plan,
  test_state: state,
  test_run: run,
  test_file: at,
}) {
  if (!["diagnostic", "test_plan", "test_state", "test_run", "test_file"].includes(type)) return [];
  return [
    {
      type,
      ...(diagnostic && { diagnostic }),
      ...(run && { test_run: { status: run.status } }),
      ...(at && { test_file: { progress: at.progress } }),
      ...(state && { test_state: { root_module: moduleOf(state.root_module) } }),
      ...(plan && { test_plan: planOf(plan) }),
    },
  ];
}

function moduleOf({ address, resources = [], child_modules: children = [] }) {
  return {
    ...(address && { address }),
    resources,
    ...(children.length > 0 && { child_modules: children.map(moduleOf) }),
  };
}

function flagsOf({ type, optional, computed }) {
  return { type, ...(optional && { optional }), ...(computed && { computed }) };
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function planOf({ resource_changes: changes = [], provider_schemas: providers }) {
  const types = new Set(changes.map(({ type }) => type));
  const schemaOf = ({ block }) => ({
    block: { attributes: mapped(block.attributes ?? {}, flagsOf) },
  });
  return {
    resource_changes: changes.map(({ address, mode, type, change }) => ({
      address,
      mode,
      type,
      change: {
        actions: change.actions,
        after: change.after,
        after_unknown: change.after_unknown,
      },
    })),
    provider_schemas: mapped(providers, ({ resource_schemas: all = {} }) => {
      const used = Object.entries(all).filter(([type]) => types.has(type));
      return { resource_schemas: mapped(Object.fromEntries(used), schemaOf) };
    }),
  };
}
