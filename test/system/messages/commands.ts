import { faultsCommand, faultsOptions } from "../../../harness/commands/faults/options.ts";
import { localCommand, localOptions } from "../../../harness/commands/local/options.ts";
import { localSettings } from "../../../harness/commands/source/settings.ts";
import { chosen } from "../../../harness/commands/start/play-scenarios.ts";
import { playFaults } from "../../../harness/commands/faults/play-faults.ts";
import { scenariosCommand, scenariosOptions } from "../../../harness/commands/scenarios/options.ts";
import { upgradeCommand, upgradeOptions } from "../../../harness/commands/upgrade/options.ts";
import { soakCommand, soakOptions } from "../../../harness/commands/soak/options.ts";
import { startCommand, startOptions } from "../../../harness/commands/start/options.ts";
import { environments } from "../../../environments.ts";
import { forward } from "../../../runtime/src/cli/forward.ts";
import { lookup } from "../../../runtime/src/cli/lookup.ts";
import { ping } from "../../../runtime/src/cli/ping.ts";
import { emulatedCommand, emulatedSettings } from "../../../tools/emulated/settings.ts";
import { synthesize } from "../../../stacks/synthesize.ts";
import type { CalledCommand } from "./called-command.ts";
import { playground } from "./playground.ts";

type Flags = { readonly options: readonly { readonly long?: string | undefined }[] };
const flagsOf = ({ options }: Flags): string[] => options.map(({ long = "" }) => long);

/** Its options are what its error about one that it does not know says is allowed. */
function ofPackage({ run }: { run: (args: readonly string[]) => Promise<number> }): CalledCommand {
  return {
    call: run,
    options: async () => {
      const said = await run(["a.b", "--nothing"]).then(String, String);
      return [...said.matchAll(/--[a-z-]+/g)].map(String).filter((flag) => flag !== "--help");
    },
  };
}

export const COMMANDS: Readonly<Record<string, CalledCommand>> = {
  start: {
    options: async () => flagsOf(startCommand()),
    call: async (args) => chosen(startOptions(args)),
  },
  local: {
    options: async () => flagsOf(localCommand()),
    call: async (args) => localSettings(localOptions(args)),
  },
  faults: {
    options: async () => flagsOf(faultsCommand()),
    call: async (args) => playFaults(faultsOptions(args), AbortSignal.abort()),
  },
  scenarios: {
    options: async () => flagsOf(scenariosCommand()),
    call: async (args) => scenariosOptions(args),
  },
  soak: {
    options: async () => flagsOf(soakCommand()),
    call: async (args) => soakOptions(args),
  },
  upgrade: {
    options: async () => flagsOf(upgradeCommand()),
    call: async (args) => upgradeOptions(args),
  },
  playground,
  synth: {
    options: async () => [],
    call: async (args) => synthesize(environments, { only: args }),
  },
  emulated: {
    options: async () => flagsOf(emulatedCommand()),
    call: async (args) => emulatedSettings(environments, args, {}),
  },
  "srv-dialer lookup": ofPackage(lookup),
  "srv-dialer ping": ofPackage(ping),
  "srv-dialer forward": ofPackage(forward),
};
