import type { z } from "zod";
import { either, fields, oneOf, text } from "./fields.ts";
import { parameterReference, secretArn, secretArnAllowed } from "./secret-reference.ts";

const holdsObject = (value: unknown) => typeof value === "object" && value !== null;

const urlAllowed =
  'a URL without a password, such as "rediss://redis.example.com:6379"; ' +
  `${secretArnAllowed}; or { ssmParameter: "/name" }`;
// A URL with a password is refused. The error message explains this and does not show the password.
const plainUrl =
  /^(redis|rediss|redis\+srv|rediss\+srv):\/\/([\w.~%-]+@)?[\w.-]+(:\d{1,5})?(\/\d+)?$/;
const url = text(/^/, urlAllowed).refine((value) => plainUrl.test(value) || secretArn.test(value), {
  error: ({ input }) =>
    /:\/\/[^/@]*:[^/]*@/.test(String(input))
      ? `${urlAllowed}. Put the password in redis.password`
      : urlAllowed,
});

const passwordAllowed = `${secretArnAllowed}; or { ssmParameter: "/name" }`;

export const externalRedisSchema = fields({
  kind: oneOf(["external"]).describe("An external Redis with a URL"),
  url: either(
    holdsObject,
    parameterReference("/dev/redis/url", "Name of the SSM parameter with the URL"),
    url,
  ).describe(
    "The app's REDIS_URL: a URL, or a secret or parameter that contains it. A secret without a password " +
      'field beside it must contain { "url": "rediss://...", "password": "..." }. Otherwise the value is ' +
      "the URL without a password",
  ),
  password: either(
    holdsObject,
    parameterReference("/dev/redis/password", "Name of the SSM parameter with the password"),
    text(secretArn, passwordAllowed),
  )
    .optional()
    .describe(
      "Secret or parameter with the app's REDIS_PASSWORD. Default: the key `password` of the secret in url",
    ),
}).check(({ value, issues }) => {
  if (issues.length > 0 || value.password !== undefined) return;
  if (typeof value.url === "string" && secretArn.test(value.url)) return;
  const message = `${passwordAllowed}; optional if redis.url is the ARN of a secret`;
  issues.push({ code: "custom", input: value, path: ["password"], message });
});

export type ExternalRedisConfig = z.output<typeof externalRedisSchema>;
