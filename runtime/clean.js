import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

// Runs after the compiler, which writes its files over the old ones: another process may be running
// them. Here go only those whose source is no more, so that they are not published.
process.chdir(import.meta.dirname);
for (const name of readdirSync("dist", { recursive: true })) {
  const source = /^(.*?)(\.js|\.d\.ts)$/.exec(name)?.[1];
  if (source !== undefined && !existsSync(join("src", `${source}.ts`))) rmSync(join("dist", name));
}
// The compiler writes plain files, and `npx srv-dialer` in a clone runs this one.
chmodSync("dist/cli.js", 0o755);
