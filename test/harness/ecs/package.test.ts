// The package local-ecs as users get it: packed by npm, and imported from another folder.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { efsVolume, template } from "./fixture/template.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const DEPENDENCIES = ["@cdktf/hcl2json", "dns2", "zod"];
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "local-ecs-package-"));
  const home = join(folder, "node_modules/local-ecs");
  mkdirSync(home, { recursive: true });
  const pack = ["pack", "-w", "local-ecs", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", [...pack, "--json"], { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await run("tar", ["-xzf", join(folder, filename), "-C", home, "--strip-components=1"]);
  for (const name of DEPENDENCIES) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), link);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("runs a template, with all files that its processes need", async () => {
  const shell = { command: ["sh", "-c", "exec sleep 60"] };
  const json = template({
    appTask: { volume: efsVolume("shared") },
    appService: { load_balancer: [], desired_count: 1 },
    redisService: { desired_count: 0 },
  });
  writeFileSync(join(folder, "template.json"), JSON.stringify(json));
  const program = `
    import { readFileSync } from "node:fs";
    import { startLocalEcs } from "local-ecs";
    const template = JSON.parse(readFileSync("template.json", "utf8"));
    await using ecs = await startLocalEcs({
      template,
      speed: 60,
      images: { redis: ${JSON.stringify(shell)}, app: ${JSON.stringify(shell)} },
    });
    await ecs.apply();
    await ecs.waitUntilStable();
    ecs.faults.dns("down");
    ecs.faults.loseHost(ecs.hosts[0].id);
    console.log(ecs.services.map(({ name, tasks }) => name + " " + tasks.length).join());`;
  // Node.js 20 has no `await using`: tsx compiles it, as test runners do.
  writeFileSync(join(folder, "program.mts"), program);
  const args = ["--import", import.meta.resolve("tsx"), "program.mts"];
  const { stdout } = await run(process.execPath, args, { cwd: folder });
  expect(stdout).toMatch(/test-app \d/);
});
