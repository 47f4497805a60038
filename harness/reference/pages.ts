import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocs } from "./docs.ts";
import { examplesProgram } from "./examples-program.ts";
import { type Page, render } from "./page.ts";
import { readApi, readSource } from "./read-api.ts";

const ROOT = join(import.meta.dirname, "../..");
const PACKAGE = "srv-dialer";
const STACKS = "ecs-service-discovery-redis/stacks";

/** The pages of the reference. The package must have been built. */
export function pages(): Page[] {
  return [packagePage(), stacksPage()];
}

/** What is written from docstrings, by path from the repository's root: pages, and examples to be run. */
export async function written([ofPackage, ofStacks] = pages()): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const page of [ofPackage, ofStacks]) {
    if (page !== undefined) texts[page.path] = await render(page);
  }
  if (ofStacks !== undefined) {
    texts[EXAMPLES] = await examplesProgram(ofStacks.api, GIVEN, "../../../stacks/index.ts");
  }
  return texts;
}

function packagePage(): Page {
  const api = readApi(join(ROOT, "runtime"));
  const about = api.entries.map(({ entry }) => {
    const name = entry === PACKAGE ? "index" : entry.slice(PACKAGE.length + 1);
    return [entry, aboutFile(`runtime/src/${name}.ts`)] as const;
  });
  return {
    path: "docs/reference/srv-dialer.md",
    title: "Reference of srv-dialer",
    intro: PACKAGE_INTRO,
    api,
    about: Object.fromEntries(about),
  };
}

function stacksPage(): Page {
  return {
    path: "docs/reference/stacks.md",
    title: "Reference of the stacks",
    intro: STACKS_INTRO,
    given: GIVEN,
    api: readSource(STACKS, join(ROOT, "stacks/index.ts")),
    about: { [STACKS]: aboutFile("stacks/index.ts") },
  };
}

/** What the first comment of a file says. */
function aboutFile(path: string): string {
  const [comment = ""] = /^\/\*\*.*?\*\//s.exec(readFileSync(join(ROOT, path), "utf8")) ?? [];
  return parseDocs(comment).text;
}

const PACKAGE_INTRO = `Every public name of the package, from the docstrings of its sources. The
[README](../../runtime/README.md) says how to use it.

- Times are milliseconds. TTLs are seconds, as in DNS.
- A wrong argument is an error before anything is tried: \`ERR_SRV_INVALID_ARG\`. An unknown option is wrong too.
- A name is imported from the entry that it is under.

The entries and their names:`;

/** The examples of the stacks as a program: it is checked by the compiler and run by a test. */
const EXAMPLES = "test/stacks/reference/examples.ts";

/** What the examples of the stacks begin with. */
const GIVEN = `import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";

const environments = {
  games: {
    account: "111111111111",
    region: "eu-central-1",
    network: { cidr: "10.10.0.0/16" },
    app: { image: "example.com/games:1.4.0", loadBalancer: { healthCheck: { path: "/healthz" } } },
  },
} satisfies EnvironmentsInput;
const [environment] = parseEnvironments(environments);
if (environment === undefined) throw new Error("no environment");

const stack = new TerraformStack(new App(), "tools");
const settings: ServiceSettings = {
  account: "111111111111",
  region: "eu-central-1",
  exec: false,
  protected: false,
  logRetentionDays: 30,
};
const names = namesOf({ name: "games", namespace: {} });
const network = existingNetwork({ vpcId: "vpc-0a1b", privateSubnetIds: ["subnet-0a"] });
const dynamicPortRange = { from: 40_000, to: 49_999 };
const cluster = existingCluster(
  { name: "games", instanceSecurityGroupIds: ["sg-01"], dynamicPortRange },
  settings,
);
const discovery = new Discovery(stack, "discovery", {
  config: {},
  namespace: names.namespace,
  network,
  isProtected: false,
});
`;

const STACKS_INTRO = `Every name that \`stacks/index.ts\` exports, from its docstrings.
[The constructs in a project of your own](../own-terraform.md) has an example with most of them. The fields of an
environment are in [docs/environments.md](../environments.md). Those who write HCL take the modules instead. Their
variables and outputs: [\`redis\`](../../modules/redis/README.md#inputs),
[\`discovered-service\`](../../modules/discovered-service/README.md#inputs).`;
