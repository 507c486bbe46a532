/** A provider's own configuration: what its arguments and its environment say. */

import type {
  CheckRequest,
  CheckResponse,
  DiffRequest,
  DiffResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import plugin from "@pulumi/pulumi/proto/provider_pb.js";
import { checkInputs } from "./check.ts";
import type { Properties, Property } from "./schema.ts";
import { secretsOf } from "./state.ts";
import {
  decode,
  encode,
  hasUnknowns,
  unite,
  unknown,
  type Value,
  type Values,
  type WireStruct,
} from "./values.ts";

/** Properties of every provider, which the engine reads itself. */
const engineOwn = new Set(["version", "pluginDownloadURL"]);

/** The configuration with defaults and environment; arguments that aren't text travel as JSON text. */
export function readConfig(properties: Properties, message: WireStruct | undefined): Values {
  return checkInputs(properties, {}, parsed(properties, decode(message).values)).inputs;
}

function parsed(properties: Properties, values: Values): Values {
  const own = Object.entries(values).filter(([name]) => !engineOwn.has(name));
  return Object.fromEntries(own.map(([name, value]) => [name, parsedValue(properties[name], value)]));
}

function parsedValue(property: Property | undefined, value: Value): Value {
  if (typeof value !== "string" || !property || property.kind === "string") return value;
  try {
    const inner: unknown = JSON.parse(value);
    return typeof inner === "number" || typeof inner === "boolean" || typeof inner === "string"
      ? inner
      : value;
  } catch {
    return value;
  }
}

/** Checks a provider's arguments; they stay as the program gave them. */
export function checkConfig(properties: Properties, request: CheckRequest): CheckResponse {
  const news = decode(request.getNews());
  const { failures } = checkInputs(properties, {}, parsed(properties, news.values));
  return new plugin.CheckResponse()
    .setInputs(
      encode({ values: news.values, secrets: unite(news.secrets, secretsOf(properties, news.values)) }),
    )
    .setFailuresList(
      failures.map(({ property, reason }) =>
        new plugin.CheckFailure().setProperty(property).setReason(`${property}: ${reason}`),
      ),
    );
}

/** What changes in a provider's arguments; nothing of it replaces the provider. */
export function diffConfig(request: DiffRequest): DiffResponse {
  const olds = decode(request.getOldInputs() ?? request.getOlds()).values;
  const news = decode(request.getNews()).values;
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  const changed = [...names].filter((name) => !sameText(olds[name], news[name]));
  const response = new plugin.DiffResponse()
    .setChanges(
      changed.length > 0
        ? plugin.DiffResponse.DiffChanges.DIFF_SOME
        : plugin.DiffResponse.DiffChanges.DIFF_NONE,
    )
    .setDiffsList(changed);
  return response;
}

const sameText = (one: Value | undefined, other: Value | undefined): boolean =>
  one === other && one !== unknown && !hasUnknowns(one);
