// A simulated network without sockets, and a clock that tests advance.
import { Socket, type TcpNetConnectOpts } from "node:net";

import { Dialer } from "../../../runtime/src/dialer/dialer.ts";
import { parseOptions } from "../../../runtime/src/dialer/options.ts";
import type { SrvDialerOptions, SrvVerify } from "../../../runtime/src/base/types.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { failureOf } from "./failures.ts";
import { NAME, inOrder, resolverOf } from "./sources.ts";

/** How a port responds to connections. @default "silent" */
export type Port = "accepts" | "refuses" | "silent";

/** A fixed response, or one for each connection. */
export type Behaviour = Port | ((to: TcpNetConnectOpts) => Port);

export interface Connecting {
  readonly options: TcpNetConnectOpts;
  readonly socket: Socket;
}

/** A dialer in this network. Tests can change the ports. */
export function dialerIn(ports: Readonly<Record<number, Behaviour>>, options: SrvDialerOptions) {
  const clock = new VirtualClock();
  const connections: Connecting[] = [];
  const connect = (to: TcpNetConnectOpts): Socket => {
    const socket = new Socket();
    connections.push({ options: to, socket });
    const given = ports[to.port];
    const port = typeof given === "function" ? given(to) : given;
    if (port === "accepts") queueMicrotask(() => socket.emit("connect"));
    if (port === "refuses") queueMicrotask(() => socket.destroy(new Error("refused")));
    return socket;
  };
  const settings = { ...parseOptions(NAME, options), connect, clock };
  const dialer = new Dialer(settings);
  const dialed = (): number[] => connections.map(({ options: to }) => to.port);
  return { dialer, clock, connections, dialed };
}

/** A dialer whose answer has these ports in order of priority. A later priority waits no longer than a head start. */
export function leading(
  ports: Readonly<Record<number, Behaviour>>,
  verify: SrvVerify = async () => {},
) {
  const resolver = resolverOf(...inOrder(...Object.keys(ports).map(Number)));
  return dialerIn(ports, { resolver, verify, random: () => 0, priorityDelay: 250 });
}

/** The ports of an aborted dial, and of the next one. */
export async function dialedAfterLeaving({ dialer, clock, dialed }: ReturnType<typeof dialerIn>) {
  const controller = new AbortController();
  const failure = failureOf(dialer.dial({ signal: controller.signal }));
  await clock.advance(0);
  controller.abort();
  await failure;
  void dialer.dial().catch(() => {});
  await clock.advance(0);
  const ports = dialed();
  dialer.close();
  return ports;
}
