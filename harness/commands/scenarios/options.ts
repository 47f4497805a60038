import { currentName } from "../../plays/faults/index.ts";
import { scenarioNames } from "../../plays/scenarios/list.ts";
import { choice, command, parse, wholeNumber } from "../../../command-line/options.ts";

export interface ScenariosOptions {
  readonly scenario: readonly string[];
  readonly times: number;
  readonly parallel: number;
}

const scenariosCommand = () =>
  command("npm run scenarios --", "Plays scenarios many times, each with a new seed.")
    .addOption(
      choice("--scenario <name...>", "scenarios to play", scenarioNames, currentName).default(
        scenarioNames,
        "all",
      ),
    )
    .addOption(wholeNumber("--times <number>", "plays per scenario", [1, 10_000]).default(20))
    .addOption(wholeNumber("--parallel <number>", "plays at the same time", [1, 64]).default(1));

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export const scenariosOptions = (args: readonly string[]): ScenariosOptions =>
  parse(scenariosCommand(), args) as ScenariosOptions;
