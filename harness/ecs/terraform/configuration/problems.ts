import { HarnessError, inWords, type Message } from "../../base/errors.ts";

/** An argument whose value is not known before apply. */
export class UnknownArgument extends HarnessError {
  readonly ways: WaysToKnow;

  constructor(message: Message, ways: WaysToKnow) {
    super("ERR_UNSUPPORTED", message);
    this.ways = ways;
  }
}

interface WaysToKnow {
  /** The resources to apply first, for `-target`. */
  readonly targets: readonly string[];
  /** Attributes whose values can be given instead, by their names. */
  readonly settable?: readonly string[];
  readonly otherwise?: Message;
}

/** A resource refers to one that has a problem. It is not reported: it may have none itself. */
export class Consequence extends HarnessError {
  constructor(where: string, address: string) {
    super("ERR_UNSUPPORTED", `${where}: ${address} has a problem`);
  }
}

/** The problems of a template. They are reported together, so that a user can solve them at once. */
export class Problems {
  readonly #all: HarnessError[] = [];
  readonly #failed = new Set<string>();

  /** @param address a resource that cannot be used because of the problem */
  add(error: HarnessError, address?: string): void {
    if (!(error instanceof Consequence)) this.#all.push(error);
    if (address !== undefined) this.#failed.add(address);
  }

  /** Runs work and keeps its problem; undefined if there is one. */
  attempt<Result>(work: () => Result, address?: string): Result | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      this.add(error, address);
      return undefined;
    }
  }

  /** Whether a resource has a problem, or refers to one that has. */
  has(address: string): boolean {
    return this.#failed.has(address);
  }

  /** @throws HarnessError with a line for each problem, and the command that solves what only AWS knows */
  throwAny(): void {
    const [first] = this.#all;
    if (!first) return;
    const unknown = this.#all.filter((each) => each instanceof UnknownArgument);
    const advice = unknown.length > 0 ? howToKnow(unknown) : [];
    const lines: Message = (words) =>
      [
        ...new Set(this.#all.map((each) => each.inWords(words))),
        ...advice.map((each) => inWords(each, words)),
      ].join("\n");
    throw new HarnessError(first.code, lines, { cause: first });
  }
}

function howToKnow(unknown: readonly UnknownArgument[]): Message[] {
  const targets = new Set(unknown.flatMap(({ ways }) => ways.targets));
  const flags = [...targets].map((each) => `-target='${each}'`).join(" ");
  const first = flags === "" ? "its dependencies first" : `these first (terraform apply ${flags})`;
  const others = new Set(unknown.flatMap(({ ways }) => ways.otherwise ?? []));
  const settable = [...new Set(unknown.flatMap(({ ways }) => ways.settable ?? []))].join(", ");
  const give: Message = (words) =>
    `Give local values ${words({ option: "attributes" })}: ${settable}`;
  return [
    ...(settable === "" ? [] : [give]),
    `${settable === "" ? "Apply" : "Or apply"} ${first}, then plan again, or use a state (terraform show -json)`,
    ...others,
  ];
}
