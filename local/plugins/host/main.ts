/** `pulumi-language-nodejs`: the language host of Node.js programs, for networks that can't download the official one. */
import type { Server, ServerWritableStream } from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language, {
  type AboutRequest,
  type GetProgramDependenciesRequest,
  type GetRequiredPackagesRequest,
  type InstallDependenciesRequest,
  type InstallDependenciesResponse,
  type LanguageHandshakeRequest,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { serviceError, unary } from "../rpc/handlers.ts";
import { serve } from "../rpc/serve.ts";
import { versions } from "../versions.ts";
import { installedPackages, pluginNeeds, sdkConflict } from "./packages.ts";

/** Serves the language host; `args` end with the engine's address. */
export function start(args: readonly string[]): Promise<void> {
  let engine = args.at(-1) ?? "";
  const cancelled = new AbortController();
  const host = {
    handshake: unary((request: LanguageHandshakeRequest) => {
      engine = request.getEngineAddress();
      return new language.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(versions.language)),
    getRequiredPackages: unary(requiredPackages),
    run: unary(async (request: RunRequest, signal) => {
      const { runProgram } = await import("./program.ts");
      const result = await runProgram(request, engine, AbortSignal.any([signal, cancelled.signal])).catch(
        (error: unknown) => ({ error: error instanceof Error ? error.message : String(error), bail: false }),
      );
      return new language.RunResponse().setError(result.error).setBail(result.bail);
    }),
    runPlugin: (stream: Parameters<typeof import("./plugin.ts")["runPlugin"]>[0]) => {
      import("./plugin.ts").then(
        ({ runPlugin }) => runPlugin(stream),
        (error: unknown) => stream.emit("error", serviceError(error)),
      );
    },
    about: unary(async (request: AboutRequest) => {
      const { aboutRuntime } = await import("./about.ts");
      const response = new language.AboutResponse()
        .setExecutable(process.execPath)
        .setVersion(process.version);
      for (const [name, value] of Object.entries(await aboutRuntime(request.getInfo()))) {
        response.getMetadataMap().set(name, value);
      }
      return response;
    }),
    getProgramDependencies: unary(async (request: GetProgramDependenciesRequest) => {
      const { dependencies } = await import("./about.ts");
      const found = dependencies(request.getInfo(), request.getTransitivedependencies());
      return new language.GetProgramDependenciesResponse().setDependenciesList(
        found.map(({ name = "", version = "" }) =>
          new language.DependencyInfo().setName(name).setVersion(version),
        ),
      );
    }),
    installDependencies,
    cancel: unary(() => {
      cancelled.abort();
      return new empty.Empty();
    }),
  };
  // Code generation, conversion and project templates aren't served: gRPC answers those with UNIMPLEMENTED by itself.
  return serve((server: Server) => server.addService(languageGrpc.LanguageRuntimeService, host), args);
}

function requiredPackages(request: GetRequiredPackagesRequest) {
  const manifests = installedPackages(request.getInfo()?.getProgramDirectory() ?? ".");
  const conflict = sdkConflict(manifests);
  if (conflict) console.error(conflict);
  return new language.GetRequiredPackagesResponse().setPackagesList(
    pluginNeeds(manifests).map(({ name, version, server, parameterization }) => {
      const need = new plugin.PackageDependency()
        .setKind("resource")
        .setName(name)
        .setVersion(version)
        .setServer(server);
      if (!parameterization) return need;
      return need.setParameterization(
        new plugin.PackageParameterization()
          .setName(parameterization.name)
          .setVersion(parameterization.version)
          .setValue(parameterization.value),
      );
    }),
  );
}

function installDependencies(
  stream: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): void {
  import("./about.ts")
    .then(({ install }) =>
      install(stream.request.getInfo(), (name, bytes) => {
        const response = new language.InstallDependenciesResponse();
        stream.write(name === "stdout" ? response.setStdout(bytes) : response.setStderr(bytes));
      }),
    )
    .then(
      () => stream.end(),
      (error: unknown) => stream.emit("error", serviceError(error)),
    );
}
