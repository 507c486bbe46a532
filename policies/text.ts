/** Texts that rules print, and what must never be printed. */

/** How credentials look, by what they are. None of these is ever printed, wherever it stands. */
const credentials: [what: string, pattern: RegExp][] = [
  ["a DigitalOcean token", /\bdo[a-z]_v1_[0-9a-f]{16,}/],
  ["a Spaces key", /\bDO(?:00|801)[A-Z0-9]{14,}\b/],
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/],
  ["a GitLab token", /\bglpat-[\w-]{20,}/],
  ["a Slack webhook", /hooks\.slack\.com\/(?:services|workflows)\/\w+/],
  ["a Slack token", /\bxox[abeoprs]-[\w-]{10,}/],
  ["a Stripe key", /\b[sr]k_live_\w{16,}/],
  ["a SendGrid key", /\bSG\.[\w-]{16,}\.[\w-]{16,}/],
  ["a Google API key", /\bAIza[\w-]{35}/],
  ["a Pulumi token", /\bpul-[0-9a-f]{40}/],
  ["a JSON web token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ["a database password", /\bAVNS_[\w-]{10,}/],
  ["a connection string with a password", /(?:^|;)\s*(?:password|pwd)=(?!\$\{|<|\*)[^;\s]+/i],
  // `${db.PASSWORD}` and the like are references, and `<password>` and `***` stand for one.
  [
    "a URI with a password",
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/'"]*:(?!\$\{|\$[A-Z(]|<|\*|\[secret\])[^\s@/'"]+@/,
  ],
];

/** What kind of credential a text holds; undefined for none. */
export function credentialIn(text: string): string | undefined {
  if (text.length < 8) return undefined; // nearly every text there is, and no credential
  return credentials.find(([, pattern]) => pattern.test(text))?.[0];
}

const secretWords =
  /(?:^|_|-)(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRETS?|TOKENS?|CREDENTIALS?|API_?KEYS?|ACCESS_?KEYS?|PRIVATE_?KEYS?|ENCRYPTION_?KEYS?|SIGNING_?KEYS?|SECRET_?KEYS?|WEBHOOKS?|DSN|SALT|PEPPER)(?:$|_|-)/;

/** What says that a value named by a secret word is no secret itself: a place, a name, a number, a switch. */
const harmlessWords =
  /(?:^|_)(?:PUBLIC|FILE|PATH|NAME|ID|URL|TTL|EXPIRY|EXPIRES?|LIFETIME|MINUTES|SECONDS|HOURS|DAYS|LENGTH|MIN|MAX|ENABLED|POLICY|ALGORITHM|ALG|ISSUER|AUDIENCE|HEADER|TYPE|ROUNDS|COST|PREFIX|LIMIT|COUNT|ENDPOINT|HOST|REGION|REQUIRED|RESET)(?:$|_)/;

/** Whether a variable's name says that its value is a secret. */
export function namesSecret(name: string): boolean {
  const upper = words(name);
  // A webhook's or a credential's URL is the secret; a token's URL is where one gets it.
  if (/(?:WEBHOOK|DSN)(?:_URL)?$/.test(upper)) return true;
  return secretWords.test(upper) && !harmlessWords.test(upper);
}

/** Whether a variable's name says that its value is the address of a database, with a user and a password in it. */
export const namesDatabase = (name: string): boolean =>
  /(?:^|_)(?:DATABASE|DB|PG|POSTGRES(?:QL)?|MYSQL|MONGO(?:DB)?|REDIS|VALKEY|CACHE|KAFKA|OPENSEARCH)_(?:URL|URI|CONNECTION(?:_STRING)?)$/.test(
    words(name),
  );

/** A name in capitals, its words joined by `_`. */
const words = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

/** A value as a message may show it: what is short and plain, in quotes; of everything else, its shape. */
export function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return "a value of another kind";
  if (/^[\w.:/*@+-]{1,64}$/.test(value) && !/[A-Za-z0-9+/_-]{32,}/.test(value) && !credentialIn(value))
    return `"${value}"`;
  return `a text of ${value.length} characters`;
}

/** A message without any of the secrets. Only secrets of some length: a single letter would tear up every word. */
export function withoutSecrets(message: string, secrets: Iterable<string>): string {
  let clean = message;
  const longestFirst = [...secrets].filter(({ length }) => length > 2).sort((a, b) => b.length - a.length);
  for (const secret of longestFirst) clean = clean.replaceAll(secret, "[secret]");
  return clean;
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words.join();
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
