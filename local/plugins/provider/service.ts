/** The ResourceProvider service of a provider: gRPC messages to and from the shared engine. */
import { status } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb, {
  type CheckRequest,
  type ConfigureRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type InvokeRequest,
  type ProviderHandshakeRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { unary } from "../rpc/handlers.ts";
import { PluginError, serve } from "../rpc/serve.ts";
import { checkInputs, type Failure, type Naming } from "./check.ts";
import { checkConfig, diffConfig, readConfig } from "./config.ts";
import type { Change } from "./diff.ts";
import { showStatus } from "./engine.ts";
import { initFailed } from "./failed.ts";
import { changesOf, deletesFirst, ordered, outputsOf, planned, secretsIn, settled } from "./lifecycle.ts";
import { parsePath } from "./paths.ts";
import { type Existing, type Operation, PartialFailure, type Provider, type Resource } from "./resource.ts";
import { inputsOfState, refreshedInputs, secretsOf, tidyState } from "./state.ts";
import { type Bag, decode, encode, hasSecrets, inherited, unite, type Values } from "./values.ts";

/** Serves `provider` until the engine is done with it. */
export function serveProvider<Client>(provider: Provider<Client>, args: readonly string[]): Promise<void> {
  const cancelled = new AbortController();
  let engine = args.at(-1) ?? "";
  let client: Client | undefined;

  const operation = (signal: AbortSignal, urn: string, from: Bag, seconds = 0): Operation<Client> => {
    if (client === undefined)
      throw new PluginError(`${provider.name} is not configured`, status.FAILED_PRECONDITION);
    return {
      client,
      name: nameOf(urn),
      signal: AbortSignal.any([signal, cancelled.signal]),
      timeout: seconds * 1000,
      confidential: hasSecrets(from.secrets),
      status: (line) => showStatus(engine, urn, line),
    };
  };
  const shown = (
    { schemaVersion }: Pick<Resource<never>, "schemaVersion">,
    { values: { id = null, ...values }, secrets }: Bag,
  ): Bag => ({
    values: {
      ...(provider.withoutIdOutput ? values : { id, ...values }),
      ...(schemaVersion && { __meta: JSON.stringify({ schema_version: String(schemaVersion) }) }),
    },
    secrets,
  });
  const resourceOf = async (urn: string): Promise<Resource<Client>> => {
    const token = typeOf(urn);
    const found = await provider.resource(token);
    if (!found) throw new PluginError(`the stand-in plugin ${provider.name} has no resource ${token}`);
    return found;
  };

  const service = {
    handshake: unary((request: ProviderHandshakeRequest) => {
      engine = request.getEngineAddress();
      return new pb.ProviderHandshakeResponse()
        .setAcceptSecrets(true)
        .setSupportsAutonamingConfiguration(true);
    }),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(provider.version)),
    attach: unary(() => new empty.Empty()),
    checkConfig: unary((request: CheckRequest) => checkConfig(provider.config, request)),
    diffConfig: unary(diffConfig),
    configure: unary((request: ConfigureRequest) => {
      client = provider.configure(readConfig(provider.config, request.getArgs()));
      return new pb.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true);
    }),

    check: unary(async (request: CheckRequest) => {
      const { properties, check } = await resourceOf(request.getUrn());
      const news = decode(request.getNews());
      const olds = decode(request.getOlds()).values;
      const { inputs, failures } = checkInputs(properties, olds, news.values, {
        naming: naming(request),
        asGiven: provider.defaultsInPlan ?? false,
      });
      const secrets = unite(inherited(inputs, news.secrets, news.values), secretsOf(properties, inputs));
      return new pb.CheckResponse()
        .setInputs(encode({ values: inputs, secrets }))
        .setFailuresList([...failures, ...(check?.(inputs) ?? [])].map(checkFailure));
    }),

    diff: unary(async (request: DiffRequest) => {
      const resource = await resourceOf(request.getUrn());
      const inputs = decode(request.getNews()).values;
      const prior = tidyState(resource.properties, decode(request.getOlds()).values);
      return diffResponse(
        resource,
        inputs,
        changesOf(resource, prior, inputs, request.getIgnorechangesList()),
      );
    }),

    create: unary(async (request: CreateRequest, signal) => {
      const resource = await resourceOf(request.getUrn());
      const inputs = decode(request.getProperties());
      const plan = planned(resource, undefined, inputs.values);
      if (request.getPreview()) {
        return new pb.CreateResponse().setProperties(
          encode({ values: plan, secrets: secretsIn(resource, plan, inputs) }),
        );
      }
      const limit = request.getTimeout() || resource.timeouts?.create;
      const made = await keepingPartial(
        inputs,
        (made) => shown(resource, outputsOf(resource, plan, made, inputs)),
        () => resource.create(operation(signal, request.getUrn(), inputs, limit), settled(plan)),
      );
      return new pb.CreateResponse()
        .setId(made.id)
        .setProperties(encode(shown(resource, outputsOf(resource, plan, made, inputs))));
    }),

    read: unary(async (request: ReadRequest, signal) => {
      const resource = await resourceOf(request.getUrn());
      const { properties, importId } = resource;
      const before = decode(request.getProperties());
      const oldInputs = decode(request.getInputs());
      const isRefresh = Object.keys(before.values).length > 0;
      const known = { id: request.getId(), state: before.values };
      const start = isRefresh ? known : (importId?.(request.getId()) ?? known);
      const found = await resource.read(operation(signal, request.getUrn(), before), start.id, start.state);
      if (!found) return new pb.ReadResponse();
      const merged = { ...start.state, ...found.state, id: found.id };
      const state = tidyState(
        properties,
        ordered(properties, { ...start.state, ...oldInputs.values }, merged),
      );
      const inputs = isRefresh
        ? refreshedInputs(properties, oldInputs.values, state)
        : inputsOfState(properties, state);
      return new pb.ReadResponse()
        .setId(found.id)
        .setProperties(
          encode(shown(resource, { values: state, secrets: secretsIn(resource, state, before) })),
        )
        .setInputs(encode({ values: inputs, secrets: secretsIn(resource, inputs, oldInputs) }));
    }),

    update: unary(async (request: UpdateRequest, signal) => {
      const resource = await resourceOf(request.getUrn());
      const { update, properties } = resource;
      const id = request.getId();
      const inputs = decode(request.getNews());
      const prior = tidyState(properties, decode(request.getOlds()).values);
      const plan = planned(resource, prior, inputs.values, request.getIgnorechangesList());
      if (request.getPreview()) {
        const values = { ...plan, id };
        return new pb.UpdateResponse().setProperties(
          encode(shown(resource, { values, secrets: secretsIn(resource, values, inputs) })),
        );
      }
      if (!update) throw new PluginError(`${typeOf(request.getUrn())} can't be changed in place`);
      const limit = request.getTimeout() || resource.timeouts?.update;
      const made = await keepingPartial(
        inputs,
        (made) => shown(resource, outputsOf(resource, plan, made, inputs)),
        () => update(operation(signal, request.getUrn(), inputs, limit), id, settled(plan), prior),
      );
      return new pb.UpdateResponse().setProperties(
        encode(shown(resource, outputsOf(resource, plan, made, inputs))),
      );
    }),

    delete: unary(async (request: DeleteRequest, signal) => {
      const resource = await resourceOf(request.getUrn());
      const limit = request.getTimeout() || resource.timeouts?.delete;
      const state = decode(request.getProperties());
      const id = request.getId();
      await resource.delete(operation(signal, request.getUrn(), state, limit), id, state.values);
      return new empty.Empty();
    }),

    invoke: unary(async (request: InvokeRequest, signal) => {
      const token = request.getTok();
      const called = await provider.invokable(token);
      if (!called) throw new PluginError(`the stand-in plugin ${provider.name} has no function ${token}`);
      const given = decode(request.getArgs());
      const { inputs, failures } = checkInputs(called.properties, {}, given.values);
      const all = [...failures, ...(called.check?.(inputs) ?? [])];
      if (all.length > 0) return new pb.InvokeResponse().setFailuresList(all.map(checkFailure));
      const values = await called.invoke(operation(signal, "", given), inputs);
      return new pb.InvokeResponse().setReturn(
        encode({ values, secrets: secretsOf(called.properties, values) }),
      );
    }),

    cancel: unary(() => {
      cancelled.abort(new PluginError("cancelled", status.CANCELLED));
      return new empty.Empty();
    }),
  };
  // GetSchema, Parameterize, Call, Construct, List and the mappings aren't served: gRPC answers UNIMPLEMENTED by itself.
  return serve((server) => server.addService(providerGrpc.ResourceProviderService, service), args);
}

/** A resource that exists in part reaches the state together with the reason. */
async function keepingPartial(
  inputs: Bag,
  outputs: (existing: Existing) => Bag,
  act: () => Promise<Existing>,
): Promise<Existing> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    throw initFailed(error.existing.id, outputs(error.existing), inputs, error.message);
  }
}

function diffResponse<Client>(
  resource: Resource<Client>,
  inputs: Values,
  changes: ReadonlyMap<string, Change>,
) {
  const { DiffResponse, PropertyDiff } = pb;
  const top = (path: string): string => String(parsePath(path)[0]);
  const replaces = [...changes].filter(([, { replaces }]) => replaces).map(([path]) => top(path));
  const stable = Object.entries(resource.properties)
    .filter(([name, property]) => property.replaces && !replaces.includes(name))
    .map(([name]) => name);
  const response = new DiffResponse()
    .setChanges(changes.size > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE)
    .setDiffsList([...new Set([...changes.keys()].map(top))])
    .setReplacesList([...new Set(replaces)])
    .setStablesList(stable)
    .setDeletebeforereplace(replaces.length > 0 && deletesFirst(resource, inputs))
    .setHasdetaileddiff(true);
  for (const [path, { kind, replaces }] of changes) {
    const name = `${kind.toUpperCase()}${replaces ? "_REPLACE" : ""}` as keyof typeof PropertyDiff.Kind;
    response.getDetaileddiffMap().set(path, new PropertyDiff().setKind(PropertyDiff.Kind[name]));
  }
  return response;
}

const checkFailure = ({ property, reason }: Failure) =>
  new pb.CheckFailure().setProperty(property).setReason(`${property}: ${reason}`);

/** The type token in a URN: the innermost of its qualified type. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? urn;
}

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

function naming(request: CheckRequest): Naming {
  const options = request.getAutonaming();
  const { Mode } = pb.CheckRequest.AutonamingOptions;
  const modes = { [Mode.PROPOSE]: "propose", [Mode.ENFORCE]: "enforce", [Mode.DISABLE]: "disable" } as const;
  return {
    resource: nameOf(request.getUrn()),
    seed: request.getRandomseed_asU8(),
    ...(options && { mode: modes[options.getMode()], proposed: options.getProposedName() || undefined }),
  };
}
