import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Directions } from "./check.ts";

const RUNTIME = join(import.meta.dirname, "../../../runtime");

interface PackageJson {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const runtime = JSON.parse(readFileSync(join(RUNTIME, "package.json"), "utf8")) as PackageJson;

/** Names of the entries of the package, as `ioredis`. */
const entries = [
  ...Object.values(runtime.bin),
  ...Object.values(runtime.exports).flatMap((entry) =>
    typeof entry === "string" ? [] : [entry.default],
  ),
].map((path) => basename(path, ".js"));

const runtimePackages = Object.keys({ ...runtime.dependencies, ...runtime.peerDependencies });

/** Which way imports go. The arrows of CONTRIBUTING.md are drawn from the imports themselves. */
export const DIRECTIONS: Directions = {
  layered: [
    {
      folder: ".",
      layers: [
        ["stacks", "runtime"],
        ["environments.ts"],
        ["main.ts", "harness"],
        ["test"],
        ["vitest.config.ts"],
      ],
    },
    {
      folder: "stacks",
      layers: [
        ["config", "terraform-program.ts"],
        ["aws", "rules", "providers"],
        ["network"],
        ["cluster"],
        ["ecs"],
        ["discovery"],
        ["redis", "services"],
        ["app"],
        ["operation"],
        ["environment-stack.ts"],
        ["synthesize.ts", "load-environments.ts", "command"],
        ["docs", "gate", "lock", "index.ts"],
        ["emulated", "modules"],
      ],
    },
    {
      folder: "runtime/src",
      layers: [
        ["base"],
        ["dns"],
        ["answers"],
        ["dial"],
        ["redis", "stream"],
        entries.filter((name) => existsSync(join(RUNTIME, "src", name))),
        entries.map((name) => `${name}.ts`),
      ],
    },
    {
      folder: "harness",
      layers: [
        ["message-of.ts"],
        ["programs"],
        ["ecs", "results"],
        ["plays"],
        ["soak", "upgrade"],
        ["views"],
        ["commands"],
      ],
    },
    {
      folder: "harness/ecs",
      layers: [
        ["base"],
        ["terraform"],
        ["machine"],
        ["tasks"],
        ["balancing", "discovery"],
        ["services"],
        ["faults"],
        ["local-ecs-options.ts"],
        ["local-ecs.ts"],
        ["index.ts"],
      ],
    },
  ],
  bans: [
    {
      from: /^stacks\//,
      to: /^srv-dialer(\/|$)/,
      reason: "stacks/ stands apart from what runs in a task",
    },
    {
      from: /^stacks\/config\//,
      to: /^(cdktf|constructs|@cdktf\/.*)$/,
      reason: "stacks/config/ knows nothing of constructs",
    },
    {
      from: /^runtime\/src\//,
      to: new RegExp(`^(?!runtime/|node:|(${runtimePackages.join("|")})$)`),
      reason: "runtime/ imports nothing but itself, its codec and its optional peers",
    },
    {
      from: /^harness\/(?!plays\/|commands\/(?:environments|command-line|interrupt)\.ts$)/,
      to: /^(stacks\/|cdktf$|constructs$|@cdktf\/(?!hcl2json$))/,
      reason:
        "harness/plays/ alone synthesizes, and the commands read environments.ts and arguments as those of the stacks do; all else reads the JSON that was written",
    },
    {
      from: /^harness\/(?!commands\/environments\.ts$)/,
      to: /^environments\.ts$/,
      reason:
        "scenarios with a stack of their own play whatever environments.ts says; the commands alone read it",
    },
    {
      from: /^(test\/)?harness\/ecs\//,
      to: /^(stacks|runtime|test\/system)\/|^environments\.ts$|^srv-dialer(\/|$)/,
      reason: "harness/ecs/ runs synthesized JSON, no matter who wrote it",
    },
    {
      from: /^(?!(test\/)?harness\/ecs\/)/,
      to: /^harness\/ecs\/(?!index\.ts$)/,
      reason: "harness/ecs/index.ts is all that others import",
    },
    {
      from: /^test\/stacks\//,
      to: /^(runtime|test\/system|harness\/(ecs|plays|views|commands))\/|^srv-dialer(\/|$)/,
      reason: "test/stacks/ tests the stacks alone; test/system/ is where they meet the rest",
    },
    {
      from: /^test\/runtime\//,
      to: /^(stacks|test\/system|harness\/(ecs|plays|views|commands))\/|^cdktf$|^@cdktf\//,
      reason: "test/runtime/ tests the package alone; test/system/ is where it meets the rest",
    },
    {
      from: /^(stacks|runtime|harness)\//,
      to: /^test\//,
      reason: "what users run imports nothing from the tests",
    },
  ],
};
