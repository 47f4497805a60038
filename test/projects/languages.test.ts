// The examples of docs/test-your-app.md in other languages, unchanged, where the language and its packages can be had.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { codeIn } from "../support/markdown.ts";
import { Project } from "./support/project.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/test-your-app.md"), "utf8");
/** Reuses what the machine has downloaded: the project has a home folder of its own. */
const MAVEN = ["-q", "-B", `-Dmaven.repo.local=${join(homedir(), ".m2/repository")}`];
/** Seconds. Without a network, some tools try for minutes. */
const INSTALL_TIMEOUT = "90";
const GO = "github.com/redis/go-redis/v9@v9.7.0";

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cart</groupId><artifactId>cart</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>redis.clients</groupId><artifactId>jedis</artifactId><version>6.2.0</version>
    </dependency>
    <dependency>
      <groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.13.4</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build><plugins><plugin>
    <artifactId>maven-surefire-plugin</artifactId><version>3.5.3</version>
  </plugin></plugins></build>
</project>`;

/** Whether this machine has a program. */
const has = (program: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

let project: Project;
beforeAll(async () => {
  project = await Project.create({ "pom.xml": POM });
});
afterAll(() => project[Symbol.asyncDispose]());

/** The only example of the page in this language, as its file. */
function writeExample(language: string, folder = ""): string {
  const [code = "", ...others] = codeIn(page, language);
  const name = /^(?:#|\/\/) (\S+)\n/.exec(code)?.[1] ?? "";
  expect([name, others]).toEqual([expect.stringMatching(/./), []]);
  project.write({ [folder + name]: code });
  return name;
}

/** @returns why packages cannot be had; undefined if they are there */
async function install(program: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    await project.run("timeout", INSTALL_TIMEOUT, program, ...args);
    return undefined;
  } catch (error) {
    return `no packages: ${String(error).slice(0, 200)}`;
  }
}

describe("a moving Redis in another language", () => {
  it.runIf(has("python3"))("Python", async ({ skip }) => {
    const name = writeExample("python");
    const failure =
      (await install("python3", "-m", "venv", "venv")) ??
      (await install("venv/bin/pip", "install", "-q", "pytest==8.4.2", "redis==6.4.0"));
    skip(failure !== undefined, failure);
    await expect(project.run("venv/bin/pytest", name)).resolves.toContain("1 passed");
  });

  it.runIf(has("go"))("Go", async ({ skip }) => {
    writeExample("go");
    const failure =
      (await install("go", "mod", "init", "cart")) ?? (await install("go", "get", GO));
    skip(failure !== undefined, failure);
    const output = await project.run("go", "test", "-v", "-vet=off", "cart_test.go");
    expect(output).toContain("--- PASS: TestCartSurvivesMove");
  });

  it.runIf(has("mvn"))("Java", async ({ skip }) => {
    writeExample("java", "src/test/java/");
    const failure = await install("mvn", ...MAVEN, "test-compile", "surefire:help");
    skip(failure !== undefined, failure);
    await project.run("mvn", ...MAVEN, "test");
    await expect(
      project.run("grep", "-h", "Tests run", "target/surefire-reports/CartTest.txt"),
    ).resolves.toMatch(/Tests run: 1, Failures: 0, Errors: 0/);
  });
});
