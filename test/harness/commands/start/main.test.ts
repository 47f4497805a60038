import { spawn, spawnSync, type ChildProcessByStdio } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadedBy } from "../../../support/loaded.ts";
import { descendantsOf, isAlive } from "../../../support/processes.ts";
import { temporaryHome } from "../../../support/temporary-home.ts";
import { until } from "../../../../harness/plays/stage/until.ts";

type Started = ChildProcessByStdio<null, Readable, Readable>;

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const START = fileURLToPath(new URL("../../../../harness/commands/start/main.ts", import.meta.url));
const NODE_OPTIONS = ["--import", import.meta.resolve("tsx")];

test.each(["start", "local", "faults", "scenarios", "soak"])(
  "npm run %s loads neither scenarios nor stacks for a list, a help text or an error",
  async (name) => {
    const loaded = [...(await loadedBy(ROOT, `harness/commands/${name}/main.ts`))];
    expect(loaded.length).toBeGreaterThan(3);
    const slow =
      /^stacks\/|^harness\/(?:ecs|views)\/|^harness\/plays\/(?:steps|setups\/environment-setup)/;
    // The list itself, and the readers of environments.ts, arguments and signals, which load nothing else.
    const quick =
      /^harness\/views\/(?:terminal\/(?:scenario-list|wrap)|soak\/soak-lines)\.ts$|^stacks\/(?:load-environments|config\/config-error)\.ts$/;
    expect(loaded.filter((path) => slow.test(path) && !quick.test(path))).toEqual([]);
  },
);

test("the process of a soak's clients loads nothing of the local ECS: what it holds is the package's", async () => {
  const loaded = [...(await loadedBy(ROOT, "harness/soak/clients/main.ts"))];
  expect(loaded).toContain("harness/soak/clients/client.ts");
  expect(loaded.filter((path) => /^harness\/ecs\/|^stacks\//.test(path))).toEqual([]);
});

test("wrong arguments are told in one line, with the exit code 2", () => {
  const args = [...NODE_OPTIONS, START, "--scenario", "nothing"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(stderr).toMatch(/^error: .*Allowed choices are story.*\n$/);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

/** A check of several programs ends with the first that fails: it needs no signal. */
const isLong = ([name, line]: [string, string]): boolean =>
  /\.ts|&& /.test(line) && !line.startsWith("vitest ") && !["types", "check"].includes(name);

test("a signal to npm reaches the program: no shell stands between them", () => {
  const text = readFileSync(new URL("../../../../package.json", import.meta.url), "utf8");
  const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
  const long = Object.entries(scripts).filter(isLong);
  expect(long.map(([name]) => name)).toEqual(
    expect.arrayContaining(["start", "local", "faults", "scenarios", "soak", "playground", "test"]),
  );
  for (const [name, line] of long) expect(line, name).toMatch(/(?:^|&& )exec \S+ [^&]*$/);
});

/** One press, whose signal comes again and again: how soon npm passes it on is not known. */
function pressed(child: Started): void {
  child.kill("SIGINT");
  for (const later of [1, 2, 5, 10, 20, 50]) setTimeout(() => child.kill("SIGINT"), later);
}

test.each([
  // npm passes on what the terminal has sent to both.
  ["Ctrl-C", /dev-redis \w+ started/, pressed, "interrupted by SIGINT"],
  ["a reader who has seen enough", /▸/, (child) => child.stdout.destroy(), ""],
] as [string, RegExp, (child: Started) => void, string][])(
  "%s in the middle leaves no process and no folder behind",
  async (_what, middle, interrupt, last) => {
    const home = await temporaryHome("interrupted-");
    const child: Started = spawn(process.execPath, [...NODE_OPTIONS, START], {
      env: { ...process.env, TMPDIR: home, CDKTF_OUTDIR: join(home, "cdktf.out") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      let [output, errors] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
      const pid = child.pid ?? 0;
      await until("it is in the middle", () => middle.test(output), { timeout: 80_000 });
      const family = descendantsOf(pid);
      expect(family.length).toBeGreaterThan(0);

      const exited = once(child, "exit", { signal: AbortSignal.timeout(60_000) });
      interrupt(child);
      const [code] = (await exited) as [number];
      expect(code, output + errors).toBe(130);
      expect(errors.trim()).toBe(last);
      await until("its processes are gone", () => family.every((member) => !isAlive(member)));
      await until("its folders are gone", () =>
        readdirSync(home).every((name) => name === "cdktf.out" || name.startsWith("tsx-")),
      );
    } finally {
      child.kill("SIGKILL");
      await rm(home, { recursive: true, force: true });
    }
  },
);
