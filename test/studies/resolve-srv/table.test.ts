import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { OURS, answersOf } from "../../../studies/resolve-srv/answers.ts";
import { REPLY_KINDS } from "../../../studies/resolve-srv/replies.ts";
import { resultOf, toTable } from "../../../studies/resolve-srv/table.ts";

const PAGE = join(import.meta.dirname, "../../../runtime/docs/dns.md");

it("resolveSrv of srv-dialer answers as the table of its page says", async () => {
  const rows = readFileSync(PAGE, "utf8").matchAll(/^\| (.*?) +\|.*\| (.*?) +\|$/gm);
  const documented = new Map(Array.from(rows, ([, title, ours]) => [title, ours]));
  const answers = await answersOf(process.execPath, OURS);
  const found = REPLY_KINDS.map(({ title }, row) => [
    title,
    answers.slice(row, row + 1).map(resultOf),
  ]);
  expect(documented.get("reply")).toBe("srv-dialer");
  expect(found).toEqual(
    REPLY_KINDS.map(({ title }) => [title, [documented.get(title)?.replace(/ after .*/, "")]]),
  );
});

const timeouts = (seconds: number) => REPLY_KINDS.map(() => ({ code: "ETIMEOUT", seconds }));

it("columns that differ only in times become one, with the range of the times", () => {
  const table = toTable([
    { whose: "Node.js", version: "20", answers: timeouts(21) },
    { whose: "Node.js", version: "22", answers: timeouts(25) },
    { whose: "srv-dialer", version: "", answers: timeouts(3) },
  ]);
  const [head, , first] = table.split("\n");
  expect(head).toBe("| reply | Node.js 20, 22 | srv-dialer |");
  expect(first).toBe("| a record | ETIMEOUT after 21 to 25 s | ETIMEOUT after 3 s |");
});
