/** The HTTP API as a script on call would use it. */
export interface IncidentApi {
  get<T>(path: string): Promise<T>;
  post(path: string, body: object): Promise<ApiAnswer>;
  delete(path: string): Promise<ApiAnswer>;
  /** The value of a metric without labels. */
  metric(name: string): Promise<number>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface IncidentBody {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly title: string;
  readonly severity: string;
  readonly route: string;
  readonly alertCount: number;
  readonly escalation?: { readonly exhausted: boolean };
}

export interface TimelineItem {
  readonly at: string;
  readonly kind: string;
  readonly actor?: string;
  readonly summary: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Page<T> {
  readonly items: readonly T[];
}

const timeoutMs = 15_000;

export function createIncidentApi(urlOf: () => string, token: string): IncidentApi {
  const call = async (path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<ApiAnswer> => {
    const response = await fetch(`${urlOf()}${path}`, {
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as ApiAnswer['body'],
    };
  };
  return {
    async get<T>(path: string) {
      const { status, body } = await call(path);
      if (status !== 200) throw new Error(`GET ${path} answered ${status} ${JSON.stringify(body)}`);
      return body as T;
    },
    post: (path, body) => call(path, body),
    delete: (path) => call(path, undefined, 'DELETE'),
    async metric(name) {
      const response = await fetch(`${urlOf()}/metrics`, { signal: AbortSignal.timeout(timeoutMs) });
      const line = new RegExp(`^${name} (\\S+)$`, 'm').exec(await response.text());
      return Number(line?.[1]);
    },
  };
}
