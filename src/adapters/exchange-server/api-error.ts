/** An error body with its HTTP status, as Binance USD-M sends it for what never reaches an endpoint. */
export interface ApiError {
  readonly status: number
  readonly body: { readonly code: number; readonly msg: string }
}

const apiError = (status: number, code: number, msg: string): ApiError => ({ status, body: { code, msg } })

export const missing = (name: string): ApiError =>
  apiError(400, -1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)

export const API_ERRORS = {
  keyFormat: apiError(401, -2014, 'API-key format invalid.'),
  keyUnknown: apiError(401, -2015, 'Invalid API-key, IP, or permissions for action.'),
  signature: apiError(400, -1022, 'Signature for this request is not valid.'),
  stale: apiError(400, -1021, 'Timestamp for this request is outside of the recvWindow.'),
  ahead: apiError(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."),
  window: apiError(400, -1131, 'recvWindow must be less than 60000.'),
  listenKey: apiError(400, -1125, 'This listenKey does not exist.'),
  unsupported: apiError(400, -1020, 'This operation is not supported.'),
} as const

export const tooManyRequests = (limit: number): ApiError =>
  apiError(
    429,
    -1003,
    `Too many requests; current limit is ${limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
  )

export const tooManyOrders = (limit: string): ApiError =>
  apiError(429, -1015, `Too many new orders; current limit is ${limit}.`)

/** Texts of Binance's 503: after the first the order may have been executed, after the second it was not ("General Info", HTTP codes). */
export const UNAVAILABLE = {
  unknown: 'Unknown error, please check your request or try again later.',
  refused: 'Service Unavailable.',
} as const
