import type { TwilioCredentials } from '../../domain/channel/channel.ts';
import type { OutgoingResult } from '../http/exchange.ts';
import type { GuardedHttpClient } from '../http/guarded-http-client.ts';

/** The two calls of Twilio's REST API that paging needs. */
export interface TwilioAccount {
  create(resource: 'Messages' | 'Calls', fields: Fields, signal: AbortSignal): Promise<OutgoingResult>;
  list(resource: 'Messages', filter: Fields, signal: AbortSignal): Promise<OutgoingResult>;
}

type Fields = Readonly<Record<string, string>>;

export function createTwilioAccount(
  { accountSid, apiKey, authToken, apiUrl }: TwilioCredentials,
  http: GuardedHttpClient,
): TwilioAccount {
  const login = Buffer.from(`${apiKey ?? accountSid}:${authToken}`).toString('base64');
  const headers = { authorization: `Basic ${login}`, accept: 'application/json' };
  const base = `${apiUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}`;
  return {
    create: (resource, fields, signal) =>
      http.post({
        url: `${base}/${resource}.json`,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
        signal,
      }),
    list: (resource, filter, signal) =>
      http.post({
        method: 'GET',
        url: `${base}/${resource}.json?${new URLSearchParams(filter)}`,
        headers,
        body: '',
        signal,
      }),
  };
}
