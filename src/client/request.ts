/** What one operation asks the server. */
export interface Ask {
  readonly method: string;
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

export interface RequestOptions {
  /** Ends the request; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface StartOptions extends RequestOptions {
  /** The same key twice does one thing: with it, a request whose answer was lost may be sent again. */
  readonly idempotencyKey?: string;
  /** The caller's place in a trace (W3C Trace Context): what is started becomes a part of it. */
  readonly traceparent?: string;
}

export interface ClientOptions {
  /** Where the server listens, as in `http://127.0.0.1:4400`. */
  readonly url: string;
  /** Of `stagecraft token`, or the one that `stagecraft serve` prints. */
  readonly token: string;
  /** In the place of the global one. */
  readonly fetch?: typeof fetch;
}

/** What the server said was wrong: the same code and help as on the command line. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** Of HTTP. */
  readonly status: number;
  /** Kebab-case and stable. */
  readonly code: string;
  /** What to do about it. */
  readonly help: string | undefined;

  constructor(status: number, code: string, message: string, help?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.help = help;
  }
}

/** @throws ApiError where the server refused */
export async function send(to: ClientOptions, ask: Ask, headers: Record<string, string>, signal?: AbortSignal) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(ask.query ?? {})) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  const answer = await (to.fetch ?? fetch)(
    `${to.url.replace(/\/+$/, "")}/api/v1${ask.path}${text === "" ? "" : `?${text}`}`,
    {
      method: ask.method,
      headers: { authorization: `Bearer ${to.token}`, ...(ask.method !== "GET" && JSON_TYPE), ...headers },
      ...(ask.method !== "GET" && { body: JSON.stringify(ask.body ?? {}) }),
      ...(signal !== undefined && { signal }),
    },
  );
  if (!answer.ok) throw await faultOf(answer);
  return answer;
}

const JSON_TYPE = { "content-type": "application/json" };

async function faultOf(answer: Response): Promise<ApiError> {
  const problem = await answer.json().catch(() => ({}));
  const { code = "no-answer", detail = `the server answered ${answer.status}`, help } = Object(problem);
  return new ApiError(answer.status, code, detail, help);
}
