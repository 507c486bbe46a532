import { connectMongo } from "../connections/mongo.ts";
import { type Address, connectPostgres, withoutTls } from "../connections/postgres.ts";
import { connectValkey } from "../connections/valkey.ts";
import type { Finding } from "./check.ts";
import { STRANGER } from "./stranger.ts";

/** A restored database is no more open than the one it stands for. That it is reached with verification has been seen before this. */

const refused = (made: Promise<unknown>) =>
  made.then(
    () => false,
    () => true,
  );

export async function postgresTls(address: Address): Promise<Finding> {
  const plain = { uri: withoutTls(address.uri), ca: address.ca };
  const [plaintext, stranger, password] = await Promise.all([
    refused(connectPostgres(plain, { ssl: false }).then((client) => client.end())),
    refused(connectPostgres({ ...address, ca: STRANGER }).then((client) => client.end())),
    refused(
      connectPostgres({ ...address, uri: withWrongPassword(address.uri) }).then((client) => client.end()),
    ),
  ]);
  return findings({ plaintext, stranger, password });
}

export async function mongoTls(address: Address): Promise<Finding> {
  const once = { serverSelectionTimeoutMS: 3_000 };
  const tried = (at: Address, more = {}) =>
    refused(connectMongo(at, { ...once, ...more }).then((client) => client.close()));
  const [plaintext, stranger, password] = await Promise.all([
    tried({ uri: address.uri.replace(/([?&])(tls|ssl)=true&?/, "$1") }, { tls: false, ca: undefined }),
    tried({ ...address, ca: STRANGER }),
    tried({ ...address, uri: withWrongPassword(address.uri) }),
  ]);
  return findings({ plaintext, stranger, password });
}

export async function valkeyTls(address: Address): Promise<Finding> {
  const tried = (at: Address, more = {}) =>
    refused(connectValkey(at, { connectTimeout: 3_000, ...more }).then((client) => client.disconnect()));
  const [plaintext, stranger, password] = await Promise.all([
    tried({ uri: address.uri.replace(/^rediss:/, "redis:") }, { tls: undefined }),
    tried({ ...address, ca: STRANGER }),
    tried({ ...address, uri: withWrongPassword(address.uri) }),
  ]);
  return findings({ plaintext, stranger, password });
}

function withWrongPassword(uri: string): string {
  return uri.replace(/^([\w+]+:\/\/[^:/?#]*:)[^@]*@/, "$1this-is-not-the-password@");
}

function findings(was: { plaintext: boolean; stranger: boolean; password: boolean }): Finding {
  const problems = [
    ...(was.plaintext ? [] : ["a connection without TLS is accepted"]),
    ...(was.stranger ? [] : ["the server's certificate satisfies a client that trusts another authority"]),
    ...(was.password ? [] : ["a wrong password is accepted"]),
  ];
  return { numbers: { refused: Object.values(was).filter(Boolean).length }, problems };
}
