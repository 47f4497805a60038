// Messages on the package's channels of `node:diagnostics_channel`.
import { subscribe, unsubscribe } from "node:diagnostics_channel";

export type Message = Readonly<Record<string, unknown>>;

/** The messages of a channel from now on, oldest first; `using` ends the subscription. */
export function listenTo(channel: string): Message[] & Disposable {
  const messages: Message[] = [];
  const onMessage = (message: unknown): void => void messages.push(message as Message);
  subscribe(channel, onMessage);
  return Object.assign(messages, {
    [Symbol.dispose]: () => void unsubscribe(channel, onMessage),
  });
}
