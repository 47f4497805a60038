import { describe, expect, it, vi } from "vitest";
import { environments } from "../../environments.ts";
import { exitCodeOf } from "../../command-line/run-program.ts";
import { faultsOptions } from "../../harness/commands/faults/options.ts";
import { localOptions } from "../../harness/commands/local/options.ts";
import { playgroundOptions } from "../../harness/commands/playground/options.ts";
import { scenariosOptions } from "../../harness/commands/scenarios/options.ts";
import { soakOptions } from "../../harness/commands/soak/options.ts";
import { startOptions } from "../../harness/commands/start/options.ts";
import { main as srvDialer } from "../../runtime/src/cli/main.ts";
import { rehearsalSettings } from "../../tools/rehearse/settings.ts";

type Refusal = Promise<readonly [code: number, text: string]>;

interface Command {
  readonly refusal: (args: readonly string[]) => Refusal;
  /** An option that needs a value. */
  readonly option: string;
  /** Arguments that are one more than the command takes. The last is the excess one. */
  readonly excess: readonly string[];
}

/** Parses arguments in this process. */
const parsed =
  (parse: (args: readonly string[]) => unknown): Command["refusal"] =>
  async (args) => {
    try {
      parse(args);
    } catch (error) {
      return [exitCodeOf(error), String(error)];
    }
    throw new Error(`${args.join(" ")} was accepted`);
  };

const dialer =
  (name: string): Command["refusal"] =>
  async (args) => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const code = await srvDialer([name, ...args]);
      return [code, write.mock.calls.join("")];
    } finally {
      write.mockRestore();
    }
  };

const COMMANDS: Readonly<Record<string, Command>> = {
  start: { refusal: parsed(startOptions), option: "--seed", excess: ["extra"] },
  local: { refusal: parsed(localOptions), option: "--plan", excess: ["dev", "extra"] },
  faults: { refusal: parsed(faultsOptions), option: "--only", excess: ["extra"] },
  scenarios: { refusal: parsed(scenariosOptions), option: "--times", excess: ["extra"] },
  soak: { refusal: parsed(soakOptions), option: "--moves", excess: ["extra"] },
  playground: { refusal: parsed(playgroundOptions), option: "--port", excess: ["dev", "extra"] },
  rehearse: {
    refusal: parsed((args) => rehearsalSettings(environments, args, {})),
    option: "--account",
    excess: ["dev", "extra"],
  },
  "srv-dialer doctor": { refusal: dialer("doctor"), option: "--server", excess: ["a.b", "c.d"] },
  "srv-dialer ping": { refusal: dialer("ping"), option: "--server", excess: ["redis://a", "c.d"] },
  "srv-dialer forward": {
    refusal: dialer("forward"),
    option: "--listen",
    excess: ["--listen", "127.0.0.1:0", "a.b", "c.d"],
  },
};

describe.each(Object.entries(COMMANDS))("%s", (name, { refusal, option, excess }) => {
  it("refuses an unknown option", async () => {
    const [code, text] = await refusal(["--nothing"]);
    expect(code).toBe(2);
    expect(text).toMatch(/unknown option.*allowed: --/);
  });

  it(`refuses ${option} without a value`, async () => {
    const [code, text] = await refusal([option]);
    expect(code).toBe(2);
    expect(text).toContain(option);
  });

  it("refuses an excess argument", async () => {
    const [code, text] = await refusal(excess);
    expect(code).toBe(2);
    expect(text).toContain(name.startsWith("srv-dialer") ? "got 2" : "'extra'");
  });
});
