// Messages of the package's diagnostics channels.
import { subscribe, unsubscribe } from "node:diagnostics_channel";

export type Message = Readonly<Record<string, unknown>>;

/** The messages of a channel from now on, oldest first. Disposing it ends the subscription. */
export function listenTo(channel: string): Message[] & Disposable {
  const messages: Message[] = [];
  const onMessage = (message: unknown): void => void messages.push(message as Message);
  subscribe(channel, onMessage);
  return Object.assign(messages, {
    [Symbol.dispose]: () => void unsubscribe(channel, onMessage),
  });
}
