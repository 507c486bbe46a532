import { isUnknown, unwrap } from "./sdk.ts";

/** Thrown by the reading of a value that only the deployment will tell. It ends the judgement of the part that needs it. */
export class Undecided extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`${path} can't be known before the deployment`);
    this.path = path;
  }
}

/** Where paths go that stay undecided. */
export interface Sink {
  add(path: string): void;
}

/**
 * A value among a resource's properties, with the place where it stands. Reading never fails on a missing or misshapen value, which
 * reads as undefined or empty; reading one that is unknown throws {@link Undecided}.
 */
export class Input {
  /** Where it stands: `inboundRules[0].sourceAddresses[1]`. Empty for all properties of a resource. */
  readonly path: string;
  /** Whether Pulumi keeps it as a secret, or something around it. */
  readonly isSecret: boolean;
  readonly #raw: unknown;
  readonly #undecided: Sink;

  /** @param undecided where the paths go of what {@link each} could not decide. */
  constructor(raw: unknown, undecided: Sink, path = "", secret = false) {
    const { value, isSecret } = unwrap(raw);
    this.path = path;
    this.isSecret = secret || isSecret;
    this.#raw = value;
    this.#undecided = undecided;
  }

  /** Whether only the deployment will tell the value. */
  get isUnknown(): boolean {
    return isUnknown(this.#raw);
  }

  /** Whether nothing was given. What is unknown was given. */
  get isAbsent(): boolean {
    return this.#raw === undefined || this.#raw === null;
  }

  /** @throws Undecided when only the deployment will tell. */
  get value(): unknown {
    if (this.isUnknown) throw new Undecided(this.path);
    return this.#raw;
  }

  /** A value inside this one; absent when there is none. */
  get(...keys: (string | number)[]): Input {
    const [key, ...rest] = keys;
    if (key === undefined) return this;
    const { value } = this;
    const inside = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    const child: unknown = inside ? Reflect.get(value, key) : undefined;
    return new Input(child, this.#undecided, join(this.path, key), this.isSecret).get(...rest);
  }

  text(): string | undefined {
    return typeof this.value === "string" ? this.value : undefined;
  }

  number(): number | undefined {
    const { value } = this;
    if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
      return Number(value);
    return typeof value === "number" ? value : undefined;
  }

  flag(): boolean | undefined {
    const { value } = this;
    return value === "true"
      ? true
      : value === "false"
        ? false
        : typeof value === "boolean"
          ? value
          : undefined;
  }

  /** Whether something is given that is not empty. What is unknown counts: something will be there. */
  get isGiven(): boolean {
    const raw = this.#raw;
    return !this.isAbsent && raw !== "" && !(Array.isArray(raw) && raw.length === 0);
  }

  /** The elements of a list; none for anything else. */
  items(): Input[] {
    const { value } = this;
    return Array.isArray(value) ? value.map((_, index) => this.get(index)) : [];
  }

  /** The texts in a list. */
  texts(): string[] {
    return this.items().flatMap((item) => item.text() ?? []);
  }

  /** The members of an object or map; none for anything else. */
  members(): [key: string, member: Input][] {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    return Object.keys(value).map((key) => [key, this.get(key)]);
  }

  /** Judges the elements of a list one by one, so that an unknown in one leaves the others decided. */
  each(judge: (item: Input) => void): void {
    for (const item of this.items()) this.attempt(() => judge(item));
  }

  /** Judges a part; what stays undecided in it is noted. */
  attempt(judge: () => void): void {
    try {
      judge();
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      this.#undecided.add(error.path);
    }
  }

  /** Every value that holds no others, with the unknown ones. */
  leaves(): Input[] {
    const found: Input[] = [];
    this.#collect(this.#raw, this.path, this.isSecret, found);
    return found;
  }

  /** Walks over what is as it is: resources are large, and only their leaves are worth an object each. */
  #collect(raw: unknown, path: string, secret: boolean, found: Input[]): void {
    const { value, isSecret } = unwrap(raw);
    if (typeof value !== "object" || value === null) {
      found.push(new Input(value, this.#undecided, path, secret || isSecret));
    } else if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++)
        this.#collect(value[index], join(path, index), secret || isSecret, found);
    } else {
      for (const key of Object.keys(value))
        this.#collect(Reflect.get(value, key), join(path, key), secret || isSecret, found);
    }
  }
}

function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path ? `${path}.${key}` : key;
}
