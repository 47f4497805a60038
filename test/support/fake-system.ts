import type { OperatingSystem } from "../../harness/ecs/programs/operating-system.ts";

export const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n';

interface FakeSystem extends OperatingSystem {
  readonly files: Set<string>;
  readonly commands: string[];
  readonly said: string[];
}

/** A fake machine with these files. Its apt-get installs into /usr/bin. */
export function fakeSystem(files: string[], given: Partial<OperatingSystem> = {}): FakeSystem {
  const machine: FakeSystem = {
    files: new Set(files),
    commands: [],
    said: [],
    env: { PATH: "/usr/local/bin:/usr/bin" },
    platform: "linux",
    isRoot: true,
    osRelease: DEBIAN,
    isExecutable: (path) => machine.files.has(path),
    list: (folder) =>
      [...machine.files]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""),
    run: async (command, args) => {
      const policy = machine.files.has("/usr/sbin/policy-rc.d") ? "no services" : "services";
      machine.commands.push(`${[command, ...args].join(" ")} (${policy})`);
      if (args.includes("install")) machine.files.add(`/usr/bin/${args.at(-1)}`);
    },
    putScript: (path) => {
      machine.files.add(path);
      return () => void machine.files.delete(path);
    },
    say: (line) => void machine.said.push(line),
    ...given,
  };
  return machine;
}
