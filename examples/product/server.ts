import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { login, register } from "./accounts.ts";
import type { Connections } from "./connections.ts";
import { healthOf } from "./health.ts";
import { fieldsOf, Refusal, sendJson } from "./http.ts";
import * as letters from "./letters.ts";
import { sendPage } from "./pages.ts";
import * as resumes from "./resumes.ts";
import { accountOf, closeSession, countAttempt, openSession } from "./sessions.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, rest: string) => Promise<void>;

export function serve(connections: Connections): Server {
  const routes = routesOf(connections);
  return createServer((request, response) => {
    answer(routes, request, response).catch((error: unknown) => {
      if (!(error instanceof Refusal)) console.error(error);
      if (response.headersSent) return response.destroy();
      const { status, message } =
        error instanceof Refusal ? error : { status: 500, message: "something went wrong" };
      request.resume(); // what is left of the body
      sendJson(response, status, { error: message });
    });
  });
}

async function answer(
  routes: Record<string, Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://product");
  const [, area = "", rest = ""] = /^(\/api\/\w+|\/healthz)(?:\/([\w-]+))?$/.exec(pathname) ?? [];
  const handler = routes[`${request.method} ${area}${rest && "/:id"}`];
  if (handler) return handler(request, response, rest);
  if (area) throw new Refusal(404, "not found");
  await sendPage(request, response, pathname);
}

function routesOf(connections: Connections): Record<string, Handler> {
  const { postgres, mongo, cache, documents } = connections;
  const who = (request: IncomingMessage) => accountOf(needed(cache, "cache"), request.headers.cookie);
  const enter = async (response: ServerResponse, status: number, id: string) =>
    sendJson(response, status, { id }, { "set-cookie": await openSession(needed(cache, "cache"), id) });

  return {
    "GET /healthz": async (_, response) => {
      const health = await healthOf(connections);
      sendJson(response, health.status === "down" ? 503 : 200, health);
    },
    "POST /api/register": async (request, response) => {
      const { email, password } = await fieldsOf(request, "email", "password");
      await enter(response, 201, await register(needed(postgres, "database"), email, password));
    },
    "POST /api/login": async (request, response) => {
      const { email, password } = await fieldsOf(request, "email", "password");
      await countAttempt(needed(cache, "cache"), email);
      await enter(response, 200, await login(needed(postgres, "database"), email, password));
    },
    "POST /api/logout": async (request, response) => {
      const cookie = await closeSession(needed(cache, "cache"), request.headers.cookie);
      sendJson(response, 200, {}, { "set-cookie": cookie });
    },
    "GET /api/resumes": async (request, response) => {
      sendJson(response, 200, {
        resumes: await resumes.list(needed(postgres, "database"), await who(request)),
      });
    },
    "POST /api/resumes": async (request, response) => {
      const name = new URL(request.url ?? "/", "http://product").searchParams.get("name") || "resume";
      const [database, bucket] = [needed(postgres, "database"), needed(documents, "bucket")];
      sendJson(response, 201, await resumes.upload(database, bucket, await who(request), name, request));
    },
    "GET /api/resumes/:id": async (request, response, id) => {
      const [database, bucket] = [needed(postgres, "database"), needed(documents, "bucket")];
      await resumes.download(database, bucket, await who(request), id, response);
    },
    "GET /api/letters": async (request, response) => {
      sendJson(response, 200, {
        letters: await letters.list(needed(mongo, "document database"), await who(request)),
      });
    },
    "POST /api/letters": async (request, response) => {
      const account = await who(request);
      const { text } = await fieldsOf(request, "text");
      sendJson(response, 201, await letters.write(needed(mongo, "document database"), account, text));
    },
  };
}

function needed<T>(connection: T | undefined, what: string): T {
  if (connection === undefined) throw new Refusal(503, `this needs a ${what}, and there is none`);
  return connection;
}
