import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../environments.ts";
import { attachOptions } from "../../harness/commands/local/attach/options.ts";
import { localOptions } from "../../harness/commands/local/options.ts";
import { soakOptions } from "../../harness/commands/soak/options.ts";
import { playgroundOptions } from "../../harness/commands/playground/options.ts";
import { startOptions } from "../../harness/commands/start/options.ts";
import { simulateOptions } from "../../studies/simulate/options.ts";
import type { Words } from "../support/shell-words.ts";
import { messageOf } from "../../command-line/error-text.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The scripts of a folder with a package.json. */
const scriptsOf = (folder: string): Readonly<Record<string, string>> =>
  (
    JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as {
      scripts: Readonly<Record<string, string>>;
    }
  ).scripts;

/** Checks a command's arguments. Throws an error that says what is wrong. */
type Check = (args: Words) => void;

/** Why a command of a page is wrong. Undefined: it is correct. */
export function problemWith([program = "", ...args]: Words): string | undefined {
  try {
    const check = PROGRAMS[program];
    if (check === undefined) throw new Error(`${program} is not checked: add it here`);
    check(args);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

const PROGRAMS: Readonly<Record<string, Check>> = { npm, npx, terraform, docker };

/** The checks of scripts' arguments, by script. */
const SCRIPTS: Readonly<Record<string, Check>> = {
  start: (args) => void startOptions(args),
  local: (args) => void (attachOptions(args) ?? localOptions(args)),
  playground: (args) => void playgroundOptions(args),
  soak: (args) => void soakOptions(args),
  simulate: (args) => void simulateOptions(args),
  synth: (args) => args.forEach(expectEnvironment),
  rehearse: ([name = "", ...options]) => {
    expectEnvironment(name);
    if (!/^(--account \d{12}( --path \S+)?)?$/.test(options.join(" ")))
      throw new Error("unknown options");
  },
};

/** Allowed commands of npm itself. The example app's test runs `pack` and `install`. */
const OWN: readonly RegExp[] = [
  /^ci( --prefix tools)?$/,
  /^pack -w (runtime|local-ecs) --pack-destination \S+$/,
  /^install( --no-save)? \.\/srv-dialer-\*\.tgz( ioredis)?( @aws-sdk\/client-servicediscovery)?$/,
  /^install --save-dev \.\/local-ecs-\*\.tgz$/,
  // After the release.
  /^install srv-dialer@\d+\.\d+\.\d+( ioredis)?( @aws-sdk\/client-servicediscovery)?$/,
  // For maintainers (docs/maintainers.md).
  /^(publish|audit signatures)$/,
  /^trust github (srv-dialer|local-ecs) --repo OWNER\/NAME --file release\.yml --env npm --allow-publish$/,
];

function npm(args: Words): void {
  if (OWN.some((form) => form.test(args.join(" ")))) return;
  const [verb = "", ...rest] = args;
  const isRun = verb === "run";
  if (!isRun && !["start", "test"].includes(verb)) throw new Error(`npm ${verb} is not checked`);
  const name = isRun ? (rest.shift() ?? "") : verb;
  const dashes = rest.indexOf("--");
  const before = dashes === -1 ? rest : rest.slice(0, dashes);
  expectOptionsOfNpm(before);
  const [, folder = ""] = /^--prefix (tools|studies)$/.exec(before.join(" ")) ?? [];
  if (!Object.hasOwn(scriptsOf(folder), name)) {
    throw new Error(`${join(folder, "package.json")} has no script ${name}`);
  }
  if (folder !== "tools" && dashes !== -1) SCRIPTS[name]?.(rest.slice(dashes + 1));
}

function expectOptionsOfNpm(options: Words): void {
  if (!/^(--silent)?$|^--prefix \S+$/.test(options.join(" "))) {
    throw new Error(`npm takes ${options.join(" ")} for itself: put -- before it`);
  }
}

const CDKTF = ["diff", "deploy", "destroy"];

function npx([name = "", ...args]: Words): void {
  if (!existsSync(join(ROOT, "node_modules/.bin", name))) throw new Error(`there is no ${name}`);
  if (name !== "cdktf") return;
  const [command = "", environment = "", ...others] = args;
  if (!CDKTF.includes(command)) throw new Error(`cdktf has no command ${command}`);
  expectEnvironment(environment);
  if (others.length > 0) throw new Error(`${others.join(" ")} is not checked`);
}

function terraform([chdir = "", command = ""]: Words): void {
  const folder = chdir.replace("-chdir=", "");
  const [, environment] = /^cdktf\.out\/stacks\/(\w+)$/.exec(folder) ?? [];
  if (environment === undefined) throw new Error(`synthesis writes no folder ${folder}`);
  expectEnvironment(environment);
  if (!["init", "apply"].includes(command)) throw new Error(`terraform ${command} is not checked`);
}

/** The container options of `.devcontainer/`. */
const { runArgs } = JSON.parse(
  readFileSync(join(ROOT, ".devcontainer/devcontainer.json"), "utf8"),
) as {
  runArgs: readonly string[];
};

function docker([command = "", ...args]: Words): void {
  const context = args.at(-1) ?? "";
  if (command === "push") return;
  if (command === "run") {
    const missing = runArgs.filter((right) => !args.includes(right));
    if (missing.length > 0) throw new Error(`without ${missing.join(" ")} of .devcontainer/`);
    return;
  }
  if (command !== "build") throw new Error(`docker ${command} is not checked`);
  if (!existsSync(join(ROOT, context, "Dockerfile"))) {
    throw new Error(`${context} has no Dockerfile`);
  }
}

function expectEnvironment(name: string): void {
  if (!Object.hasOwn(environments, name)) throw new Error(`there is no environment ${name}`);
}
