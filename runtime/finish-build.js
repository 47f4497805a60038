import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Runs after the compiler, which has written ES modules to dist/esm, and CommonJS with types to dist/cjs.
process.chdir(import.meta.dirname);
const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const complete = ["cjs", "esm"];

writeFileSync("dist/cjs/package.json", '{ "type": "commonjs" }\n');

// For `import` in Node.js: the same instance of each module as for `require`.
for (const { module } of Object.values(exports)) {
  if (module === undefined) continue;
  const code = module.slice("./dist/esm/".length);
  const types = code.replace(/js$/, "d.ts");
  const names = Object.keys(await import(module)).join(", ");
  writeFileSync(`dist/${code}`, `export { ${names} } from "./cjs/${code}";\n`);
  writeFileSync(`dist/${types}`, `export * from "./cjs/${code}";\n`);
  complete.push(code, types);
}

// `npx srv-dialer` in a clone runs this file.
chmodSync("dist/cjs/cli.js", 0o755);

// Removes what earlier builds left. The rest is written over, because another process may be running it.
for (const name of readdirSync("dist")) {
  if (!complete.includes(name)) rmSync(join("dist", name), { recursive: true });
}
for (const folder of ["dist/esm", "dist/cjs"]) {
  for (const name of readdirSync(folder, { recursive: true })) {
    const source = /^(.*?)(\.js|\.d\.ts)$/.exec(name)?.[1];
    if (source !== undefined && !existsSync(`src/${source}.ts`)) rmSync(join(folder, name));
  }
}
