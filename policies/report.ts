/** What commands may know of the pack: its rules, and how its findings are read and shown. */

export { documents } from "./catalog/documents.ts";
export { type Finding, findingsOf, stops } from "./report/findings.ts";
export { formats, type PolicyReport, verdict } from "./report/report.ts";
export { rules } from "./rules/index.ts";
