import { createHash } from "node:crypto";
import type { Area } from "./api/area.ts";
import type { Call } from "./call.ts";
import type { ConsoleRow } from "./resource.ts";
import type { Page } from "./server.ts";

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
  th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
  h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; } code { font-family: ui-monospace, monospace; } .none { color: #888; }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/**
 * The console: what exists, its state and where it is reached, and what happened last. It needs no token, so that a
 * browser can just open it; therefore nothing in it is secret, it changes nothing, it runs no script, and foreign
 * hosts and frames are refused.
 */
export function consolePage(call: Call, areas: readonly Area[]): Page {
  const sections = areas
    .map((area) => ({ area, rows: area.resources.flatMap((resource) => resource.rows(call)) }))
    .filter(({ area }) => area.resources.length > 0)
    .map(
      ({ area, rows }) =>
        `<h2>${text(area.title)}</h2>${rows.length === 0 ? `<p class="none">none</p>` : table(rows)}`,
    );
  const events = call.store
    .happenings(30)
    .map(({ at, what }) => `<tr><td>${new Date(at).toISOString()}</td><td>${text(what)}</td></tr>`);
  return {
    type: "text/html; charset=utf-8",
    headers: {
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>Breakwater local cloud</title><style>${STYLE}</style></head><body>
<h1>Breakwater local cloud</h1><p>API at <code>${text(call.url)}</code></p>
${sections.join("\n")}<h2>Recent events</h2><table>${events.join("")}</table></body></html>`,
  };
}

function table(rows: ConsoleRow[]): string {
  const columns = ["name", "state", "where", "address", "detail"] as const;
  const shown = columns.filter((column) => rows.some((row) => row[column]));
  const head = shown.map((column) => `<th>${column}</th>`).join("");
  const body = rows.map(
    (row) => `<tr>${shown.map((column) => `<td>${text(row[column] ?? "")}</td>`).join("")}</tr>`,
  );
  return `<table><tr>${head}</tr>${body.join("")}</table>`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const text = (raw: string) => raw.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
