/**
 * What a client of the API gets to see when something is refused: DigitalOcean's error body
 * `{id, message, request_id}` and a status. Thrown from anywhere below a route.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly id: string;
  readonly headers: Record<string, string>;

  constructor(status: number, id: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.id = id;
    this.headers = headers;
  }
}

export const badRequest = (message: string) => new ApiError(400, "bad_request", message);
export const unauthorized = () => new ApiError(401, "unauthorized", "Unable to authenticate you");
export const forbidden = (message: string) => new ApiError(403, "forbidden", message);
export const notFound = (message = "The resource you were accessing could not be found.") =>
  new ApiError(404, "not_found", message);
export const conflict = (message: string) => new ApiError(409, "conflict", message);
export const preconditionFailed = (message: string) => new ApiError(412, "precondition_failed", message);
export const unprocessable = (message: string) => new ApiError(422, "unprocessable_entity", message);

/** Why the cloud cannot start or go on: one line for the person at the terminal, what happened and what to do. */
export class StartError extends Error {}

/** A write found no room on the disk: nothing of it was kept. */
export class DiskFullError extends Error {
  constructor() {
    super("The local cloud's disk is full: nothing was written. Free some space and repeat.");
  }
}

/** The `code` of a system error such as `ENOSPC`, or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
