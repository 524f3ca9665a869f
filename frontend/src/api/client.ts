/** Talking to the server: JSON, CSRF, entity tags, and one shape for every failure. */
import { parseJson } from '../lib/bigIntegers'
import { ApiError } from '../lib/errors'
import { texts } from './texts'

export interface Reply<T> {
  data: T
  status: number
  etag: string | null
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** A form as it is, everything else as JSON. */
  body?: unknown
  headers?: Record<string, string>
  /** Let the request outlive the page (at most 64 kB of body). */
  keepalive?: boolean
  signal?: AbortSignal | undefined
}

/** Read a cookie by name. */
export function cookie(name: string): string {
  const found = document.cookie.split('; ').find(part => part.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}

/** Send a request. Throws ApiError for any status of 400 or more, TypeError without a network. */
export async function request<T>(url: string, options: Options = {}): Promise<Reply<T>> {
  const { method = 'GET', body, headers = {}, keepalive = false, signal = null } = options
  const form = body instanceof FormData
  const response = await fetch(url, {
    method,
    headers: {
      Accept: 'application/json',
      // The browser itself names the type of a form.
      ...(body === undefined || form ? {} : { 'Content-Type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'X-CSRFToken': cookie('csrftoken') }),
      ...headers,
    },
    body: body === undefined ? null : form ? body : JSON.stringify(body),
    credentials: 'same-origin',
    keepalive,
    signal,
  })
  const text = await response.text()
  const data = parse(text)
  if (!response.ok && response.status !== 304) throw failure(response.status, data)
  return { data: data as T, status: response.status, etag: response.headers.get('etag') }
}

/** Send a request and return the data of its response. */
export async function call<T>(url: string, options: Options = {}): Promise<T> {
  return (await request<T>(url, options)).data
}

/** Turn a response into its error. */
export function failure(status: number, data: unknown): ApiError {
  const body = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}
  const message = typeof body.error === 'string' ? body.error : texts.theServerReturned(status)
  return new ApiError(status, String(body.code ?? status), message, body)
}

/** Parse a response's JSON; null for anything else. */
export function parse(text: string): unknown {
  try {
    return text ? parseJson(text) : null
  } catch {
    return null
  }
}
