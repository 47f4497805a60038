/** A way to call a command wrongly, or with something that is not there, and what is printed. */
export interface Row {
  readonly args: readonly string[];
  /** A part of it, in one line. */
  readonly says: string;
}

const MILLISECONDS = "Invalid --timeout; allowed: milliseconds from 1 to 2147483647";
const SERVER = "Invalid --server; allowed: IP, IP:PORT or [IPV6]:PORT";
const MISSING = "argument missing; see --help";
/** A port on which nobody listens: its privileges are needed to listen there. */
const CLOSED = "127.0.0.1:9";
/** A plan that is sound. */
const SPLIT = "test/support/plans/handwritten-split.plan.json";
const TOGETHER = "test/support/plans/handwritten-together.plan.json";
const SOME = ["--listen", "127.0.0.1:0"];

/** What belongs to a plan, for the commands that play one. */
const WITHOUT_PLAN: readonly Row[] = [
  ["--then", "a.json"],
  ["--resolve", "a=b"],
  ["--yes"],
  ["--image", "x=true"],
  ["--user", "x=1:1"],
  ["--parameter", "x=1"],
  ["--secret", "x=1"],
  ["--attribute", "x=1"],
  ["--namespace", "x=1"],
  ["--role", "app=x"],
  ["--guest-book"],
].map((args) => ({ args, says: `option ${args[0]}: only with --plan` }));

/**
 * What every command prints for each of its options and operands: missing, unknown, of a wrong type, unreachable.
 * A test fails when a command has an option that is in no row of it.
 */
export const TABLE: Readonly<Record<string, readonly Row[]>> = {
  start: [
    { args: ["extra"], says: "unexpected argument 'extra'; allowed: options only, see --help" },
    {
      args: ["--nothing"],
      says: "unknown option '--nothing'; allowed: --list, --scenario, --fault",
    },
    { args: ["--scnario", "before"], says: "(Did you mean --scenario?)" },
    { args: ["--list", "storm"], says: "unexpected argument 'storm'" },
    { args: ["--scenario"], says: `option '--scenario <name...>' ${MISSING}` },
    {
      args: ["--scenario", "x"],
      says: "argument 'x' is invalid. Allowed choices are story, before",
    },
    {
      args: ["--scenario", "before", "--env", "dev"],
      says: "--env: before has a stack of its own",
    },
    { args: ["--fault"], says: `option '--fault <name...>' ${MISSING}` },
    { args: ["--fault", "x"], says: "argument 'x' is invalid. Allowed choices are app-deploy" },
    { args: ["--env"], says: `option '--env <name>' ${MISSING}` },
    { args: ["--env", "x"], says: "argument 'x' is invalid. Allowed choices are dev, stg, prod." },
    { args: ["--seed"], says: `option '--seed <number>' ${MISSING}` },
    { args: ["--seed", "x"], says: "Allowed is a whole number from 0 to 4294967295." },
    { args: ["--report"], says: `option '--report <file>' ${MISSING}` },
    { args: ["--report", "/nowhere/a.html"], says: "--report: there is no folder /nowhere" },
    { args: ["--report", ""], says: '--report: "" is not the name of a file' },
    { args: ["--json=1"], says: "unknown option '--json=1' (Did you mean --json?)" },
    { args: ["--plan"], says: `option '--plan <file>' ${MISSING}` },
    { args: ["--plan", "/nowhere/a.json"], says: "option --plan: cannot read /nowhere/a.json" },
    { args: ["--plan", SPLIT, "--env", "dev"], says: "--env: with --plan there is no environment" },
    ...["before", "sidecar"].map((name) => ({
      args: ["--plan", SPLIT, "--scenario", name],
      says: `option --plan: ${name} ${name === "before" ? "needs app and Redis in one task; in this plan Redis is a service of its own, dev-redis" : "is about this repository's own stacks"}`,
    })),
    {
      args: ["--plan", TOGETHER, "--scenario", "after"],
      says: "option --plan: after needs Redis as a service of its own; in this plan it is in the task of the app, dev-app",
    },
    {
      args: ["--plan", TOGETHER, "--fault", "partition"],
      says: "option --plan: partition needs Redis as a service of its own",
    },
    { args: ["--plan", SPLIT, "--then", "package.json"], says: "option --then: " },
    ...WITHOUT_PLAN,
    { args: ["--app", ""], says: "Allowed is a text that is not empty." },
    { args: ["--app", "true"], says: "option --app: only with --plan" },
    {
      args: ["--plan", SPLIT, "--image", "game-api=true"],
      says: "option --path is needed: dev-app has no load balancer whose health check says what users can ask for",
    },
    { args: ["--role", "x"], says: "argument 'x' is invalid. Allowed is NAME=VALUE." },
    {
      args: ["--plan", SPLIT, "--role", "x=y"],
      says: "there is no role x; roles are: app, redis",
    },
    {
      args: ["--plan", SPLIT, "--role", "app=web"],
      says: 'option --role app: "web" is none of dev-app/api',
    },
    { args: ["--plan", SPLIT, "--path", "x"], says: "expected a path that begins with /" },
    { args: ["--path", "/x"], says: "option --path: only with --plan" },
    {
      args: ["--plan", SPLIT, "--path", "/x", "--guest-book"],
      says: "options --path and --guest-book: give one of them",
    },
  ],
  local: [
    {
      args: [],
      says: "give either an environment, one of dev, stg, prod, or --template FILE, or --plan FILE",
    },
    { args: ["nowhere"], says: "argument [env]: 'nowhere' is invalid. Allowed choices are dev" },
    { args: ["dev", "stg"], says: "unexpected argument 'stg'; allowed: options and [env]" },
    { args: ["dev", "--nothing"], says: "unknown option '--nothing'; allowed: --app, --template" },
    { args: ["dev", "--app"], says: `option '--app <command>' ${MISSING}` },
    { args: ["dev", "--app", ""], says: "Allowed is a text that is not empty." },
    { args: ["--template"], says: `option '--template <file>' ${MISSING}` },
    { args: ["--template", ""], says: "Allowed is a text that is not empty." },
    {
      args: ["--template", "/nowhere/a.json"],
      says: "--template: cannot read /nowhere/a.json: ENOENT",
    },
    {
      args: ["--template", "/proc/version"],
      says: "error: option --template: /proc/version is not JSON",
    },
    {
      args: ["--template", "package.json"],
      says: "package.json is not a Terraform root module: top level: Unrecognized key",
    },
    { args: ["dev", "--template", "a.json"], says: "give either an environment" },
    { args: ["--plan"], says: `option '--plan <file>' ${MISSING}` },
    { args: ["--plan", ""], says: "Allowed is a text that is not empty." },
    { args: ["dev", "--plan", "a.json"], says: "give either an environment" },
    {
      args: ["--plan", "/nowhere/a.json"],
      says: "option --plan: cannot read /nowhere/a.json: ENOENT",
    },
    {
      args: ["--plan", "README.md"],
      says: "README.md is not JSON",
    },
    {
      args: ["--plan", "package.json"],
      says: "package.json is neither a plan nor a state: write it with `terraform show -json",
    },
    {
      args: ["--plan", SPLIT],
      says: "this (api): the image 111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/game-api has no command here; give one with --image game-api=COMMAND",
    },
    {
      args: ["--plan", SPLIT, "--app", "true", "--image", "x=true"],
      says: "--image x: not in the plan; there are: ",
    },
    { args: ["--plan", SPLIT, "--then"], says: `option '--then <file>' ${MISSING}` },
    {
      args: ["--plan", SPLIT, "--then", "package.json"],
      says: "option --then: ",
    },
    { args: ["dev", "--then", "a.json"], says: "option --then: only with --plan" },
    { args: ["dev", "--yes"], says: "option --yes: only with --plan" },
    { args: ["dev", "--resolve", "x"], says: "argument 'x' is invalid. Allowed is NAME=VALUE." },
    { args: ["dev", "--resolve", "a=b"], says: "option --resolve: only with --plan" },
    {
      args: ["--plan", SPLIT, "--resolve", "a.b=c.d"],
      says: "option --resolve: a.b names no argument that needs it",
    },
    { args: ["dev", "--image"], says: `option '--image <name=command>' ${MISSING}` },
    { args: ["dev", "--image", "x"], says: "argument 'x' is invalid. Allowed is NAME=VALUE." },
    { args: ["dev", "--image", "x=true"], says: "--image x: not in the template; there are: " },
    { args: ["dev", "--user", "x"], says: "argument 'x' is invalid. Allowed is NAME=VALUE." },
    { args: ["dev", "--user", "x=1:1"], says: "--user x: not in the template; there are: " },
    { args: ["dev", "--parameter", "x"], says: "argument 'x' is invalid. Allowed is NAME=VALUE." },
    {
      args: ["dev", "--parameter", "x=1"],
      says: "--parameter x: not in the template; there are: ",
    },
    { args: ["dev", "--secret", "x"], says: "argument 'x' is invalid. Allowed is NAME=VALUE." },
    { args: ["dev", "--secret", "x=1"], says: "--secret x: not in the template; there are: none" },
    { args: ["dev", "--attribute", "x"], says: "argument 'x' is invalid. Allowed is NAME=VALUE." },
    {
      args: ["dev", "--attribute", "x=1"],
      says: "--attribute x: not in the template; there are: ",
    },
    { args: ["dev", "--namespace", "x"], says: "argument 'x' is invalid. Allowed is NAME=VALUE." },
    {
      args: ["dev", "--namespace", "x=1"],
      says: "--namespace x: not in the template; there are: ",
    },
  ],
  faults: [
    { args: ["x"], says: "unexpected argument 'x'; allowed: options only" },
    {
      args: ["--nothing"],
      says: "unknown option '--nothing'; allowed: --only, --parallel, --help",
    },
    { args: ["--only"], says: `option '--only <text>' ${MISSING}` },
    {
      args: ["--only", "xyz"],
      says: '--only: no fault has "xyz" in its title; titles are: a release',
    },
    { args: ["--parallel"], says: `option '--parallel <number>' ${MISSING}` },
    { args: ["--parallel", "0"], says: "Allowed is a whole number from 1 to 16." },
  ],
  scenarios: [
    { args: ["x"], says: "unexpected argument 'x'; allowed: options only" },
    { args: ["--nothing"], says: "allowed: --scenario, --times, --parallel, --help" },
    { args: ["--scenario"], says: `option '--scenario <name...>' ${MISSING}` },
    { args: ["--scenario", "x"], says: "Allowed choices are story, before" },
    { args: ["--times"], says: `option '--times <number>' ${MISSING}` },
    { args: ["--times", "0"], says: "Allowed is a whole number from 1 to 10000." },
    { args: ["--parallel", "65"], says: "Allowed is a whole number from 1 to 64." },
  ],
  soak: [
    { args: ["extra"], says: "unexpected argument 'extra'; allowed: options only, see --help" },
    { args: ["--minutes"], says: `option '--minutes <number>' ${MISSING}` },
    {
      args: ["--minutes", "0"],
      says: "'0' is invalid. Allowed is a whole number from 1 to 10000.",
    },
    { args: ["--minutes", "abc"], says: "option '--minutes <number>' argument 'abc' is invalid" },
    { args: ["--minutes", "1.5"], says: "Allowed is a whole number from 1 to 10000." },
    { args: ["--moves", "0"], says: "option '--moves <number>' argument '0' is invalid" },
    { args: ["--minutes", "1", "--moves", "9"], says: "give either --minutes or --moves" },
    { args: ["--seed", "-1"], says: "option '--seed <number>' argument '-1' is invalid" },
    { args: ["--seed", "x"], says: "Allowed is a whole number from 0 to 4294967295." },
    { args: ["--appendfsync", "x"], says: "Allowed choices are always, everysec, no." },
    { args: ["--defect", "x"], says: "Allowed choices are no-lock, no-retries, leaked-socket." },
    { args: ["--report", "/nowhere/a.html"], says: "--report: there is no folder /nowhere" },
    { args: ["--checkpoint", ""], says: '--checkpoint: "" is not the name of a file' },
    { args: ["--list", "--nothing"], says: "unknown option '--nothing'; allowed: --minutes" },
    { args: ["--results=1"], says: "unknown option '--results=1' (Did you mean --results?)" },
  ],
  upgrade: [
    { args: ["nowhere"], says: "Allowed choices are dev, stg, prod." },
    { args: ["dev", "x"], says: "unexpected argument 'x'; allowed: options and [env]" },
    { args: ["--nothing"], says: "unknown option '--nothing'; allowed: --from, --no-play" },
    { args: ["--from"], says: `option '--from <version>' ${MISSING}` },
    { args: ["--from", " "], says: "Allowed is a text that is not empty." },
    { args: ["--no-play=1"], says: "unknown option '--no-play=1'" },
    { args: ["--markdown=1"], says: "unknown option '--markdown=1'" },
  ],
  playground: [
    { args: ["nowhere"], says: "Allowed choices are dev, stg, prod." },
    { args: ["dev", "x"], says: "unexpected argument 'x'; allowed: options and [env]" },
    { args: ["--nothing"], says: "unknown option '--nothing'; allowed: " },
    { args: ["--port"], says: `option '--port <number>' ${MISSING}` },
    { args: ["--port", "65536"], says: "Allowed is a whole number from 0 to 65535." },
    { args: ["--seed", "x"], says: "Allowed is a whole number from 0 to 4294967295." },
    { args: ["--only", "x"], says: "Allowed choices are new, old." },
    { args: ["--app", " "], says: "--app: expected a command" },
    { args: ["--path", "/"], says: "--path: only with --app or --plan" },
    { args: ["--plan"], says: `option '--plan <file>' ${MISSING}` },
    { args: ["stg", "--plan", SPLIT], says: "[env]: stg: with --plan there is no environment" },
    ...WITHOUT_PLAN,
  ],
  synth: [
    { args: ["nowhere"], says: 'unknown environment "nowhere"; allowed: dev, stg, prod' },
    { args: ["--nothing"], says: 'unknown environment "--nothing"; allowed: dev, stg, prod' },
  ],
  emulated: [
    { args: [], says: "give an environment, one of dev, stg, prod" },
    { args: ["nowhere"], says: 'unknown environment "nowhere"; allowed: dev, stg, prod' },
    {
      args: ["dev", "stg"],
      says: "unexpected argument 'stg'; allowed: options and [env], see --help",
    },
    { args: ["dev", "--nothing"], says: "unknown option '--nothing'; allowed: --timeout, --help" },
    { args: ["dev", "--timeout"], says: "option '--timeout <minutes>' argument missing" },
    { args: ["dev", "--timeout", "0"], says: "Allowed is a whole number from 1 to 600." },
    { args: ["dev"], says: "AWS_ENDPOINT_URL is not set; install one: pipx install" },
  ],
  "srv-dialer lookup": [
    { args: [], says: "give one NAME and nothing else; got 0 operands" },
    { args: ["a.b", "c.d"], says: "give one NAME and nothing else; got 2 operands" },
    {
      args: ["10.0.1.7"],
      says: "Invalid NAME; allowed: a name with SRV records, not an IP address",
    },
    { args: ["a.b", "--nothing"], says: "unknown option; allowed: --server, --timeout, --json" },
    { args: ["a.b", "--server"], says: "Option '--server <value>' argument missing" },
    { args: ["a.b", "--server", "dns.example"], says: SERVER },
    { args: ["a.b", "--server", CLOSED], says: `Cannot resolve a.b: ${CLOSED}: ` },
    { args: ["a.b", "--timeout"], says: "Option '--timeout <value>' argument missing" },
    { args: ["a.b", "--timeout", "1s"], says: MILLISECONDS },
    { args: ["a.b", "--json=x"], says: "Option '--json' does not take an argument" },
  ],
  "srv-dialer ping": [
    { args: [], says: "give one URL and nothing else; got 0 operands" },
    { args: [""], says: "Invalid Redis URL: it is empty (is REDIS_URL set?)" },
    { args: ["redis://a.b", "c"], says: "give one URL and nothing else; got 2 operands" },
    { args: ["a.b"], says: "Invalid Redis URL: a URL without a scheme. Allowed: redis+srv://" },
    { args: ["http://a.b"], says: "Invalid Redis URL: the scheme http://. Allowed: redis+srv://" },
    { args: [`redis://${CLOSED}`], says: `Cannot connect to ${CLOSED}: connect ECONNREFUSED` },
    { args: ["redis://a.b", "--nothing"], says: "unknown option; allowed: --server, --timeout" },
    { args: ["redis+srv://a.b", "--server"], says: "Option '--server <value>' argument missing" },
    { args: ["redis+srv://a.b", "--server", "x"], says: SERVER },
    { args: ["redis+srv://a.b", "--server", CLOSED], says: `Cannot resolve a.b: ${CLOSED}: ` },
    { args: ["redis+srv://a.b", "--timeout"], says: "Option '--timeout <value>' argument missing" },
    { args: ["redis+srv://a.b", "--timeout", "0"], says: MILLISECONDS },
  ],
  "srv-dialer forward": [
    { args: SOME, says: "give one NAME and nothing else; got 0 operands" },
    { args: ["a.b", "c.d", ...SOME], says: "give one NAME and nothing else; got 2 operands" },
    { args: ["a.b", "--nothing"], says: "unknown option; allowed: --server, --timeout, --listen" },
    { args: ["a.b"], says: "--listen is needed; allowed: HOST:PORT, [IPV6]:PORT or unix:PATH" },
    { args: ["a.b", "--listen"], says: "Option '--listen <value>' argument missing" },
    { args: ["a.b", "--listen", "x"], says: "Invalid --listen; allowed: HOST:PORT, [IPV6]:PORT" },
    { args: ["a.b", "--listen", "0.0.0.0:1"], says: "or with --allow-remote any address" },
    { args: ["a.b", "--listen", "unix:/nowhere/a.sock"], says: "there is no folder /nowhere" },
    {
      args: ["a.b", ...SOME, "--allow-remote=x"],
      says: "'--allow-remote' does not take an argument",
    },
    { args: ["a.b", ...SOME, "--mode", "600"], says: "--mode is only for a Unix socket" },
    { args: ["a.b", "--listen", "unix:a", "--mode", "x"], says: "octal permissions such as 666" },
    { args: ["a.b", ...SOME, "--server", "x"], says: SERVER },
    { args: ["a.b", ...SOME, "--timeout", "x"], says: MILLISECONDS },
    {
      args: ["a.b", ...SOME, "--drain", "x"],
      says: "Invalid --drain; allowed: milliseconds from 0",
    },
    { args: ["a.b", ...SOME, "--tls=x"], says: "Option '--tls' does not take an argument" },
    {
      args: ["a.b", ...SOME, "--servername", "x"],
      says: "--servername needs --tls",
    },
    { args: ["a.b", ...SOME, "--redis=x"], says: "Option '--redis' does not take an argument" },
  ],
};
