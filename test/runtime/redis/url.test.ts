import { inspect } from "node:util";

import { assert, constantFrom, property, string, stringMatching } from "fast-check";
import { describe, expect, it } from "vitest";

import { parseRedisUrl } from "../../../runtime/src/redis/url.ts";

const NAME = "dev-redis.dev-ecs";
const SCHEMES = ["redis+srv", "rediss+srv", "redis", "rediss"] as const;

describe("parseRedisUrl", () => {
  it.each([
    [`redis+srv://${NAME}`, { srv: true, tls: false, host: NAME }],
    [`rediss+srv://${NAME}`, { srv: true, tls: true, host: NAME }],
    [`REDIS+SRV://${NAME}/`, { srv: true, tls: false, host: NAME }],
    [
      "redis+srv://_redis._tcp.example.com.",
      { srv: true, tls: false, host: "_redis._tcp.example.com." },
    ],
    [
      `redis+srv://user:pass@${NAME}/7`,
      { srv: true, tls: false, host: NAME, username: "user", password: "pass", db: 7 },
    ],
    [`redis+srv://:pass@${NAME}`, { srv: true, tls: false, host: NAME, password: "pass" }],
    ["redis://localhost:6380/0", { srv: false, tls: false, host: "localhost", port: 6380, db: 0 }],
    ["rediss://10.0.0.1", { srv: false, tls: true, host: "10.0.0.1" }],
    ["redis://b%C3%BCcher.example", { srv: false, tls: false, host: "bücher.example" }],
    ["redis://my_redis-1.local", { srv: false, tls: false, host: "my_redis-1.local" }],
    ["redis://[::1]:6379", { srv: false, tls: false, host: "::1", port: 6379 }],
  ])("reads %s", (url, expected) => {
    expect(parseRedisUrl(url)).toEqual(expected);
  });

  it("reads every user and password that is percent-encoded", () => {
    const text = string({ unit: "grapheme", minLength: 1 });
    assert(
      property(text, text, (username, password) => {
        const who = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
        expect(parseRedisUrl(`redis+srv://${who}@${NAME}`)).toMatchObject({ username, password });
      }),
    );
  });

  it("shows no part of a password with unescaped reserved characters", () => {
    const piece = stringMatching(/^[a-z0-9%@:/?&=#[\]!. -]{0,6}$/);
    assert(
      property(piece, piece, constantFrom(...SCHEMES), (before, after, scheme) => {
        let shown = "";
        try {
          const { password, ...rest } = parseRedisUrl(
            `${scheme}://u:${before}S3CRET${after}@${NAME}`,
          );
          shown = password === undefined ? "" : inspect({ ...rest, host: "" });
        } catch (error) {
          shown = inspect(error, { depth: 20, showHidden: true });
        }
        expect(shown.toUpperCase()).not.toContain("S3CRET");
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["", /it is empty \(is REDIS_URL set\?\)\. Allowed: /],
    [undefined, /it is empty \(is REDIS_URL set\?\)\. Allowed: /],
    [NAME, /a URL without a scheme/],
    [`http://${NAME}`, /the scheme http:\/\//],
    [`redis+tls://:s3cret@${NAME}`, /the scheme redis\+tls:\/\//],
    ["redis+srv://", /the name is empty/],
    ["redis+srv://:s3cret@", /no host or port can be read/],
    ["redis+srv://:s3cret@/3", /no host or port can be read/],
    [`redis+srv://:s3cret@${NAME}:6379`, /a port: it comes from the SRV records/],
    ["redis+srv://:s3cret@10.0.0.1", /the name 10\.0\.0\.1; allowed: .*not an IP address/],
    ["redis+srv://:s3cret@localhost", /the name localhost has no SRV records; use redis:/],
    [new URL("redis://:s3cret@localhost"), /of type object, not a string/],
    ["redis+srv://:@s3cret!/x@host", /the name; allowed: labels of letters/],
    ["redis+srv://:s3cret@[::1]", /the name ::1; allowed: .*not an IP address/],
    [
      `redis+srv://:s3cret@${NAME}?db=1&password=s3cret`,
      /a query string: a database is in the path/,
    ],
    ["redis://me:12?s3cret=@localhost", /a query string: a database is in the path/],
    [`redis+srv://:s3cret@${NAME}#1`, /a fragment .*%23/],
    [`redis+srv://:s3cret@${NAME}/one`, /the database is not a number/],
    [`redis+srv://:s3cret@${NAME}/-1`, /the database is not a number/],
    [`redis+srv://:s3cret@${NAME}/1/2`, /the database is not a number/],
    [`redis+srv://:s3cret%@${NAME}`, /the password: its percent-encoding is broken/],
    [`redis+srv://:s3cret/x@${NAME}`, /no host or port can be read/],
    ["redis://:s3cret@localhost:0", /the port 0; allowed: 1 to 65535/],
    ["redis://:s3cret@%00", /a host that is neither a name nor an address/],
    ["redis://:s3cret@a%0ab", /a host that is neither a name nor an address/],
    ["redis://:s3cret@local%20host", /a host that is neither a name nor an address/],
    ["redis://:s3cret@localhost:port", /no host or port can be read/],
  ])("refuses %s and says why, without the password", (url, message) => {
    let thrown: unknown;
    try {
      parseRedisUrl(url as string);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: "ERR_SRV_INVALID_ARG",
      message: expect.stringMatching(message),
    });
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain("s3cret");
  });
});
