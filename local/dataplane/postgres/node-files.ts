import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Issued } from "../../certificates.ts";
import type { ServerSpec } from "../engine.ts";
import { giveToServers, makePrivateFolder } from "../programs.ts";
import { fileOf, type Settings } from "./configuration.ts";
import { insiders, SUPERUSER, socketName } from "./control.ts";
import type { Program } from "./program.ts";

/** What a server is started with. */
export interface NodeSetup {
  readonly settings: Settings;
  readonly tls: Issued;
  /** Who can use the pooler. */
  readonly users: readonly string[];
  /** Lets nobody in but the cloud. */
  readonly isClosed?: boolean;
}

export const setupOf = ({ tls, users }: ServerSpec, settings: Settings): NodeSetup => ({
  settings,
  tls,
  users: users.map((user) => user.name),
});

/** Writes all files that a server reads. Returns whether any but the settings is another than before. */
export function writeConfiguration(
  node: { readonly folder: string; readonly data: string; readonly program: Program },
  { settings, tls, users, isClosed }: NodeSetup,
): boolean {
  const { folder } = node;
  const file = (name: string) => join(folder, name);
  const all: Settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: socketName(folder),
    data_directory: node.data,
    hba_file: file("pg_hba.conf"),
    ident_file: file("pg_ident.conf"),
    ssl_cert_file: file("server.crt"),
    ssl_key_file: file("server.key"),
    ...settings,
  };
  makePrivateFolder(folder);
  put(file("postgresql.conf"), fileOf(all));
  const [cloud] = insiders();
  // Before version 16 a map can't say "all".
  const pooled = Number(node.program.major) < 16 ? users : ["all"];
  const idents = [
    ...insiders().map((name) => `cloud ${name} ${SUPERUSER}\n`),
    ...pooled.map((name) => `pooler ${cloud} ${name}\n`),
  ];
  return [
    put(file("pg_hba.conf"), isClosed ? CLOSED : CLOSED + OPEN),
    put(file("pg_ident.conf"), idents.join("")),
    put(file("server.crt"), tls.certificate),
    put(file("server.key"), tls.key),
  ].some(Boolean);
}

function put(path: string, text: string): boolean {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return false;
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  giveToServers(draft);
  renameSync(draft, path);
  return true;
}

const CLOSED = `
local   all         ${SUPERUSER}               peer map=cloud
local   replication ${SUPERUSER}               peer map=cloud
`;

/**
 * Clients come over TLS with a password, and never as the superuser. The pooler, which is the cloud, has their password checked and then
 * comes as them. What is not named is refused.
 */
const OPEN = `
local   all         all                    peer map=pooler
hostssl all         ${SUPERUSER} 127.0.0.1/32  reject
hostssl all         all          127.0.0.1/32  scram-sha-256
`;
