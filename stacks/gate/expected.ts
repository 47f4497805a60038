import { isDeepStrictEqual } from "node:util";
import { imageReference } from "../config/container-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { AppResource } from "./app-resources.ts";
import { argumentsOf } from "./configuration.ts";
import type { Plan } from "./plan.ts";
import {
  at,
  containersIn,
  differences,
  type Fields,
  fieldsOf,
  isFields,
  listOf,
} from "./values.ts";
import { mapped, normal } from "./values.ts";

/** Attributes that AWS sets for each new revision of a task definition. */
export const NEW_REVISION = /^(?:arn|arn_without_revision|enable_fault_injection|id|revision)$/;

/** A value that only `apply` knows, such as the ARN of the next revision. */
const UNKNOWN = Symbol("known after apply");

/** `${aws_lb.app.arn}`, and the escapes of `${` and `%{`. */
const REFERENCE = /\$\$\{|%%\{|\$\{((?:data\.)?\w+\.\w+)\.(\w+)\}/g;

type Resolve = (value: unknown) => unknown;

/** Replaces the references in synthesized values by what a plan knows of their addresses. */
export function resolver(plan: Plan, { account, region }: Environment): Resolve {
  const here = new RegExp(`^arn:[a-z-]+:(?:iam:|[\\w-]+:${region}):${account}:`);
  const read = listOf(at(plan, "prior_state.values.root_module.resources"));
  const known = new Map(read.map(({ address, values }) => [address, fieldsOf(values)]));
  for (const { address, deposed, change } of plan.resource_changes) {
    const unknown = mapped(fieldsOf(change["after_unknown"]), (is) => is === true && UNKNOWN);
    if (deposed === undefined) known.set(address, { ...unknown, ...fieldsOf(change["after"]) });
  }
  const valueOf = ([text = "", address, attribute = ""]: readonly string[]): unknown => {
    if (address === undefined) return text.slice(1);
    const value = known.get(address)?.[attribute];
    const isElsewhere = attribute === "arn" && value !== UNKNOWN && !here.test(String(value));
    // No argument has such a text, so it differs.
    return !value || isElsewhere ? "(not in the plan, or of another account or region)" : value;
  };
  return function resolve(value: unknown): unknown {
    if (isFields(value)) return Array.isArray(value) ? value.map(resolve) : mapped(value, resolve);
    if (typeof value !== "string") return value;
    const [found] = value.matchAll(REFERENCE);
    if (found?.[0] === value) return valueOf(found);
    return value.replaceAll(REFERENCE, (...match: string[]) => String(valueOf(match.slice(0, 3))));
  };
}

const CONTAINERS = "container_definitions";

/** Where a resource of the app does not become what the synthesized environment has. */
export function* unlikeSynthesized(
  { body, computed }: AppResource,
  change: Fields,
  resolve: Resolve,
  defaultTags: unknown,
): Generator<string> {
  const { [CONTAINERS]: text, ...own } = argumentsOf(body);
  const { [CONTAINERS]: becomes, ...after } = fieldsOf(change["after"]);
  const all = fieldsOf(resolve(own));
  if ("tags_all" in after)
    Object.assign(all, { tags_all: { ...fieldsOf(defaultTags), ...fieldsOf(all["tags"]) } });
  // What Terraform ignores stays, such as the number of tasks that autoscaling sets.
  const ignored = [at(body, "lifecycle.ignore_changes") ?? []].flat().map(String);
  for (const path of ignored) Object.assign(all, { [path]: at(change["before"], path) });
  const [wanted, given] = [text && containersIn(text, resolve), becomes && containersIn(becomes)];
  const expected = { ...fieldsOf(normal(all)), [CONTAINERS]: wanted };
  const planned = { ...fieldsOf(normal(after)), [CONTAINERS]: given };
  const found = differences(expected, planned, normal(change["after_unknown"]));
  for (const { path, isKnown, before: want, after: has } of found) {
    // What the environment does not set stays off. To containers, nothing may be added.
    const isOff = (has === false || has === 0) && !path.startsWith(CONTAINERS);
    const isGiven = isKnown
      ? isOff || computed.test(`${path}=${String(has)}`)
      : NEW_REVISION.test(path);
    if (want === undefined ? isGiven : want === UNKNOWN && !isKnown) continue;
    yield `${path} is ${isKnown ? "not as in the environment" : "known only after apply"}`;
  }
  // AWS reads the names of fields without regard to case, so nothing may be added, not even null.
  if (!found.some(({ path }) => path.startsWith(CONTAINERS)) && !isDeepStrictEqual(wanted, given)) {
    yield `${CONTAINERS} has more than in the environment`;
  }
  for (const [name, container] of Object.entries(fieldsOf(given))) {
    // Synthesis does not see an image that is in a parameter.
    if (imageReference.test(String(fieldsOf(container)["image"]))) continue;
    yield `${CONTAINERS}.${name}.image is not an image with a tag or digest`;
  }
  for (const { path, after: isSensitive } of differences({}, change["after_sensitive"])) {
    if (isSensitive === true) yield `${path || "all of it"} becomes sensitive`;
  }
}
