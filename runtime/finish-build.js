import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

// Runs after the compiler, which has written ES modules to dist/esm, and CommonJS with types to dist/cjs.
process.chdir(import.meta.dirname);

// The compiler writes over old files, because another process may be running them. Files whose source was
// deleted must not be published.
for (const folder of ["dist/esm", "dist/cjs"]) {
  for (const name of readdirSync(folder, { recursive: true })) {
    const source = /^(.*?)(\.js|\.d\.ts)$/.exec(name)?.[1];
    if (source !== undefined && !existsSync(`src/${source}.ts`)) rmSync(join(folder, name));
  }
}

writeFileSync("dist/cjs/package.json", '{ "type": "commonjs" }\n');

// For `import` in Node.js: the same instance of each module as for `require`.
const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
for (const { module } of Object.values(exports)) {
  if (module === undefined) continue;
  const name = module.slice("./dist/esm/".length);
  const names = Object.keys(await import(module)).join(", ");
  writeFileSync(`dist/${name}`, `export { ${names} } from "./cjs/${name}";\n`);
  writeFileSync(`dist/${name.replace(/js$/, "d.ts")}`, `export * from "./cjs/${name}";\n`);
}

for (const name of ["srv-dialer.md", "srv-dialer"]) {
  cpSync(`../docs/reference/${name}`, `dist/reference/${name}`, { recursive: true });
}

// `npx srv-dialer` in a clone runs this file.
chmodSync("dist/esm/cli.js", 0o755);
