import { expect, it } from "vitest";
import { linkVariables } from "../../../../harness/ecs/tasks/container-links.ts";

it("a link sets Docker's variables, with the address and ports on this machine", () => {
  const ports = [
    { containerPort: 6380, listenPort: 20_002 },
    { containerPort: 6379, listenPort: 20_001 },
  ];
  const links = [
    { alias: "my-db", ports, address: "127.1.2.200", programAddress: "127.1.2.3" },
    { alias: "silent", ports: [], address: "127.1.2.3", programAddress: "127.1.2.3" },
  ];
  expect(linkVariables("app", { links })).toEqual({
    MY_DB_NAME: "/app/my-db",
    MY_DB_PORT: "tcp://127.1.2.3:20001",
    MY_DB_PORT_6379_TCP: "tcp://127.1.2.3:20001",
    MY_DB_PORT_6379_TCP_ADDR: "127.1.2.3",
    MY_DB_PORT_6379_TCP_PORT: "20001",
    MY_DB_PORT_6379_TCP_PROTO: "tcp",
    MY_DB_PORT_6380_TCP: "tcp://127.1.2.3:20002",
    MY_DB_PORT_6380_TCP_ADDR: "127.1.2.3",
    MY_DB_PORT_6380_TCP_PORT: "20002",
    MY_DB_PORT_6380_TCP_PROTO: "tcp",
    SILENT_NAME: "/app/silent",
  });
});
