import { describe, expect, it, vi } from "vitest";

import { Channel, type Channels, type ChannelUser } from "../../../runtime/src/dns/exchange.ts";
import { parseServer } from "../../../runtime/src/dns/servers.ts";
import { type RawServer, startRawServer } from "../support/raw-dns.ts";
import { trackResources } from "../support/resources.ts";

interface RecordedEvents extends ChannelUser {
  readonly heard: string[];
}

/** Sends a text when the channel is ready, and records the events. */
function userOf(channel: Channel, word: string): RecordedEvents {
  const heard: string[] = [];
  return {
    heard,
    send: () => channel.send(Buffer.from(word)),
    onDatagram: (bytes) => heard.push(String(bytes)),
    onError: (error) => heard.push(error.message),
  };
}

function channelTo({ address }: { address: string }): Channel {
  return new Channel(parseServer(address), new Map(), false);
}

function startEcho(): Promise<RawServer> {
  return startRawServer(({ bytes, send }) => send(bytes));
}

describe("a channel", () => {
  it("passes datagrams to each user, from one port", async () => {
    await using server = await startEcho();
    const channel = channelTo(server);
    const [first, second] = [userOf(channel, "a"), userOf(channel, "b")];
    channel.join(first);
    channel.join(second);
    await vi.waitFor(() => expect(first.heard).toEqual(["a", "b"]));
    expect(second.heard).toEqual(["a", "b"]);
    expect(new Set(server.datagrams.map(({ port }) => port)).size).toBe(1);
    channel.leave(first);
    channel.leave(second);
  });

  it("stays open for a user that joins in the turn in which the last one left", async () => {
    using resources = trackResources();
    await using server = await startEcho();
    const channels: Channels = new Map();
    const channel = new Channel(parseServer(server.address), channels, false);
    const [first, second] = [userOf(channel, "a"), userOf(channel, "b")];
    channel.join(first);
    await vi.waitFor(() => expect(first.heard).toEqual(["a"]));
    channel.leave(first);
    channel.join(second);
    await vi.waitFor(() => expect(second.heard).toEqual(["b"]));
    expect(channels.size).toBe(1);
    expect(first.heard).toEqual(["a"]);
    channel.leave(second);
    await expect(resources.allGone()).resolves.toBeUndefined();
    expect(channels.size).toBe(0);
  });

  it("sends nothing for a user that left before the connect", async () => {
    using resources = trackResources();
    await using server = await startEcho();
    const channel = channelTo(server);
    const user = userOf(channel, "a");
    channel.join(user);
    channel.leave(user);
    await expect(resources.allGone()).resolves.toBeUndefined();
    expect(server.datagrams).toEqual([]);
  });
});
