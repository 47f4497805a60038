import type { z } from "zod";
import { either, fields, oneOf, text } from "./fields.ts";
import { parameterReference, secretArn, secretArnAllowed } from "./secret-reference.ts";

const holdsObject = (value: unknown) => typeof value === "object" && value !== null;

const urlAllowed =
  'a URL without a password, such as "rediss://redis.example.com:6379"; ' +
  `${secretArnAllowed}; or { ssmParameter: "/name" }`;
// A password might be written here by mistake: the error says so, and never shows it.
const plainUrl =
  /^(redis|rediss|redis\+srv|rediss\+srv):\/\/([\w.~%-]+@)?[\w.-]+(:\d{1,5})?(\/\d+)?$/;
const url = text(/^/, urlAllowed).refine((value) => plainUrl.test(value) || secretArn.test(value), {
  error: ({ input }) =>
    /:\/\/[^/@]*:[^/]*@/.test(String(input))
      ? `${urlAllowed}. Its password belongs into redis.password`
      : urlAllowed,
});

const passwordAllowed = `${secretArnAllowed}; or { ssmParameter: "/name" }`;

export const externalRedisSchema = fields({
  kind: oneOf(["external"]).describe("An external Redis, reached by a URL"),
  url: either(
    holdsObject,
    parameterReference("/dev/redis/url", "Parameter with the URL"),
    url,
  ).describe(
    "The app's REDIS_URL: the URL itself, or a secret or parameter that holds it. With a secret " +
      'and no password field, the secret holds { "url": "rediss://...", "password": "..." }; ' +
      "otherwise only the URL, without a password",
  ),
  password: either(
    holdsObject,
    parameterReference("/dev/redis/password", "Parameter with the password"),
    text(secretArn, passwordAllowed),
  )
    .optional()
    .describe(
      "Secret or parameter with the app's REDIS_PASSWORD. Default: the key password of url's secret",
    ),
}).check(({ value, issues }) => {
  if (issues.length > 0 || value.password !== undefined) return;
  if (typeof value.url === "string" && secretArn.test(value.url)) return;
  const message = `${passwordAllowed}; it may be left out beside a secret's ARN in redis.url`;
  issues.push({ code: "custom", input: value, path: ["password"], message });
});

export type ExternalRedisConfig = z.output<typeof externalRedisSchema>;
