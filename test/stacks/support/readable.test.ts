import { describe, expect, it } from "vitest";
import { readable } from "./readable.ts";

describe("readable", () => {
  it("parses documents and scripts, and removes CDKTF's metadata", () => {
    const json = {
      "//": { metadata: {} },
      resource: {
        task: { a: { container_definitions: '[{"command":["sh","-c","one\\ntwo"]}]', "//": {} } },
        host: { b: { user_data: Buffer.from("#!/bin/bash\nset -e\n").toString("base64") } },
      },
    };
    expect(JSON.parse(readable(json))).toEqual({
      resource: {
        task: { a: { container_definitions: [{ command: ["sh", "-c", ["one", "two"]] }] } },
        host: { b: { user_data: ["#!/bin/bash", "set -e", ""] } },
      },
    });
  });

  it("writes a value on one line if it fits", () => {
    const long = "x".repeat(90);
    expect(readable({ short: { a: [1, 2] }, long: [long, "y"] })).toBe(
      [
        "{",
        '  "short": { "a": [ 1, 2 ] },',
        '  "long": [',
        `    "${long}",`,
        '    "y"',
        "  ]",
        "}",
        "",
      ].join("\n"),
    );
  });

  it("ends with a newline", () => {
    expect(readable({})).toBe("{}\n");
  });
});
