import { expect, it } from "vitest";
import { commandsOf } from "./shell-words.ts";

it("splits a script into commands and words, as a shell does", () => {
  const script = `npm ci && npm start > out   # both
npm run local -- dev --app "node server.js"

docker run --rm \\
  -v "$PWD":/work image sh -c 'a && b'
`;
  expect(commandsOf(script)).toEqual([
    ["npm", "ci"],
    ["npm", "start"],
    ["npm", "run", "local", "--", "dev", "--app", "node server.js"],
    ["docker", "run", "--rm", "-v", "$PWD:/work", "image", "sh", "-c", "a && b"],
  ]);
});
