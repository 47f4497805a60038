// The commands of docs/own-terraform.md that reserve ports, in a network namespace. It needs `ip`, of Debian's iproute2.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { codeIn } from "../support/markdown.ts";

const page = readFileSync(new URL("../../docs/own-terraform.md", import.meta.url), "utf8");
const [commands = ""] = codeIn(page, "sh").filter((each) => each.includes("reserved_ports"));

/** Opens connections in a namespace after these lines. Resolves to the error code of the last one, or "connected". */
async function connections(lines: string): Promise<string> {
  const connect = `
    import { once } from "node:events";
    import { connect, createServer } from "node:net";
    const server = createServer().listen(7, "127.0.0.1");
    await once(server, "listening");
    let outcome = "";
    for (let count = 0; count < 50; count++) {
      const socket = connect(7, "127.0.0.1");
      outcome = await once(socket, "connect").then(() => "connected", ({ code }) => code);
      socket.destroy();
    }
    console.log(outcome);
    process.exit();`;
  const script = `set -e; ip link set lo up\n${lines}\n"$NODE" --input-type=module --eval "$CONNECT"`;
  const { stdout } = await promisify(execFile)("unshare", ["-rn", "sh", "-c", script], {
    env: { ...process.env, NODE: process.execPath, CONNECT: connect },
    timeout: 20_000,
  });
  return stdout.trim().split("\n").at(-1) ?? "";
}

/** The commands, with files of their own. */
const local = (text: string): string =>
  `folder=$(mktemp -d); trap 'rm -r "$folder"' EXIT\n${text
    .replaceAll("/etc/ecs/ecs.config", '"$folder/ecs.config"')
    .replaceAll("/etc/sysctl.d/60-ecs.conf", '"$folder/60-ecs.conf"')}`;

it("a host can connect with the range of the page, and not with all ports reserved", async () => {
  expect(await connections(local(commands))).toBe("connected");
  const all = commands.replaceAll("40000-49999", "32768-60999");
  expect(await connections(local(all))).toBe("EADDRNOTAVAIL");
});
