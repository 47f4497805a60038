// A simulated network without sockets, and a clock that tests advance.
import { Socket, type TcpNetConnectOpts } from "node:net";

import { Dialer } from "../../../runtime/src/dial/dialer.ts";
import { parseOptions } from "../../../runtime/src/dial/options.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { NAME } from "./sources.ts";

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
