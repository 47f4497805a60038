import type { Results } from "../../../harness/results/results.ts";
import type { MoveFigures } from "../../simulate/tables.ts";

/** A place in a page that tells figures. */
export interface Told {
  readonly page: string;
  /** The words around the figures, each figure as `{}`. They are once in the page. */
  readonly words: string;
  /** The file in `results/` that has the figures. */
  readonly file: string;
  /** The figures as the page tells them, in their order. */
  readonly figures: (results: Results) => readonly string[];
}

/** A row of a table of the simulation. */
type Row = Pick<MoveFigures, "clients" | "variant" | "dns" | "api" | "connects">;

/** Whose figures are given as their range over several plays. */
type Path = readonly [scenario: string, step: string, name: string];

const starts = "Redis starts caused by the app deploy";
const deploy = "app redeploy";
const slow = "Redis loads slowly";
const end = "all writes are there";
const away = "app away for its users";

/** Every figure within the text of a page. Pages and tables that are made from a file as a whole are not here. */
export const TOLD: readonly Told[] = [
  {
    page: "README.md",
    words: "in {} seconds on one with two cores",
    file: "figures",
    figures: (results) => [range(read(results, "start"))],
  },
  {
    page: "README.md",
    words: "`npm ci` takes {} GB; {} GB are CDKTF",
    file: "figures",
    figures: (results) =>
      ["all", "cdktf"].map((part) => (numberAt(results, "installed", part) / 1e9).toFixed(1)),
  },
  {
    page: "docs/soak.md",
    words: "made {} moves, lost {} hosts and killed Redis {} times",
    file: "soak",
    figures: (results) =>
      ["moves", "lostHosts", "kills"].map((name) => String(read(results, name))),
  },
  {
    page: "CONTRIBUTING.md",
    words: "of `runtime/src` {} %, of `stacks` {} %, of `harness` {} %",
    file: "coverage",
    figures: percents("runtime/src", "stacks", "harness"),
  },
  {
    page: "CONTRIBUTING.md",
    words:
      "{} % of the mutants of `runtime/src/dial`, {} % of `runtime/src/answers`, {} % of `runtime/src/dns` and {} % of `stacks/rules`",
    file: "mutation",
    figures: percents("runtime/src/dial", "runtime/src/answers", "runtime/src/dns", "stacks/rules"),
  },
  beforeAndAfter("Redis starts caused by an app deploy", "{}", "{}", [deploy, starts]),
  beforeAndAfter(
    "requests that fail in an app deploy",
    "{} %",
    "{} %",
    [deploy, "share of requests that failed"],
    100,
  ),
  beforeAndAfter("Redis starts while it loads from slow EFS", "{} in 20 s, none serves", "{}", [
    slow,
    "Redis starts while storage was slow",
  ]),
  beforeAndAfter("app starts meanwhile", "{}", "{}", [slow, "app starts while storage was slow"]),
  beforeAndAfter("slow EFS: no answer for", "{} s, EFS slow for 20 s", "{} s, the load itself", [
    slow,
    away,
  ]),
  beforeAndAfter("acknowledged writes lost", "{}", "{}", [end, "acknowledged writes lost"]),
  {
    page: "docs/simulation.md",
    words: "**A host bears some {} processes.**",
    file: "simulate",
    figures: (results) => [most(clientsIn(results, "hosts", ({ dns }) => dns.dropped === 0))],
  },
  {
    page: "docs/simulation.md",
    words: "good for about {} processes of an account in a region.",
    file: "simulate",
    figures: (results) => [most(clientsIn(results, "api", ({ api }) => api.throttled === 0))],
  },
  {
    page: "docs/simulation.md",
    words: "From {} clients on, more connections come at once",
    file: "simulate",
    figures: (results) => [String(Math.min(...clientsIn(results, "moves", overflows)))],
  },
  {
    page: "docs/migration.md",
    words: "In the local ECS it is {} seconds, 5 of them until the first health check.",
    file: "figures",
    figures: (results) => [ofPlays(results, ["migrate", "Move the users", away])],
  },
  {
    page: "docs/to-elasticache.md",
    words: "In the local ECS the copy of 20 000 keys takes {} s.",
    file: "figures",
    figures: (results) => [
      range(read(results, "scenarios", "to-elasticache", "Copy the data", "time"), 1),
    ],
  },
];

/** A row of the README's table. */
function beforeAndAfter(
  title: string,
  before: string,
  after: string,
  [step, name]: readonly [string, string],
  times = 1,
): Told {
  return {
    page: "README.md",
    words: `| ${title} | ${before} | ${after} |`,
    file: "figures",
    figures: (results) =>
      ["before", "after"].map((scenario) => ofPlays(results, [scenario, step, name], times)),
  };
}

const ofPlays = (results: Results, path: Path, times = 1): string =>
  range(read(results, "scenarios", ...path), 0, times);

/** What each folder reached, of a file that has a share for each. */
function percents(...folders: readonly string[]): Told["figures"] {
  return (results) => folders.map((folder) => String(numberAt(results, folder, "percent")));
}

/** `4`, or `4 to 6` where the plays differ. */
function range(spread: unknown, digits = 0, times = 1): string {
  const [least, most] = ["least", "most"].map((bound) =>
    (numberIn(spread, bound) * times).toFixed(digits),
  );
  return least === most ? `${least}` : `${least} to ${most}`;
}

/** How many clients there are in those rows of a table of the simulation. */
const clientsIn = (
  results: Results,
  part: "moves" | "hosts" | "api",
  isOne: (row: Row) => boolean,
): number[] => (read(results, part) as Row[]).filter(isOne).map(({ clients }) => clients);

const overflows = ({ variant, connects }: Row): boolean =>
  variant === "no jitter" && connects.overflows > 0;

const most = (numbers: readonly number[]): string => String(Math.max(...numbers));

const numberAt = (results: Results, ...path: readonly string[]): number =>
  numberIn(read(results, ...path.slice(0, -1)), path.at(-1) ?? "");

/** @throws when there is no such number */
function numberIn(value: unknown, key: string): number {
  const number: unknown = Object(value)[key];
  if (typeof number === "number") return number;
  throw new Error(`there is no number "${key}" in ${JSON.stringify(value)}`);
}

/** @throws when the file has no such figure */
function read({ command, figures }: Results, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    const inner: unknown = Object(value)[key];
    if (inner === undefined) throw new Error(`${command} measures no "${path.join(" / ")}"`);
    return inner;
  }, figures);
}
