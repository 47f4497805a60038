import { expect, it } from "vitest";
import type { LocalEcs, Plan } from "../../../../harness/ecs/index.ts";
import { publishedPorts } from "../../../../harness/views/terminal/published-ports.ts";

const task = (status: string, address?: string) => ({
  status,
  host: "host-1",
  address,
  containers: [{ name: "app", ports: [{ containerPort: 80, hostPort: 40_000 }] }],
});

it("lists the ports of running tasks without a load balancer", () => {
  const services = [
    { name: "open", resource: "a", tasks: [task("RUNNING"), task("STOPPED")] },
    { name: "own-address", resource: "b", tasks: [task("RUNNING", "127.9.9.9")] },
    { name: "balanced", resource: "c", tasks: [task("RUNNING")] },
  ];
  const hosts = [{ id: "host-1", address: "127.0.9.1" }];
  const plan = {
    services: [
      { address: "a", targets: [] },
      { address: "b", targets: [] },
      { address: "c", targets: [{}] },
    ],
  };
  const ecs = { services, hosts } as unknown as LocalEcs;
  expect(publishedPorts(ecs, plan as unknown as Plan)).toBe(
    `  open           app, port 80: 127.0.9.1:40000
  own-address    app, port 80: 127.9.9.9:40000
`,
  );
  expect(publishedPorts({ services: [], hosts: [] }, plan as unknown as Plan)).toBe("");
});
