/** Events of Binance's futures market streams and the stream that each comes in. */
const STREAMS: Readonly<Record<string, string>> = {
  depthUpdate: 'depth@100ms',
  bookTicker: 'bookTicker',
  aggTrade: 'aggTrade',
  trade: 'trade',
  markPriceUpdate: 'markPrice@1s',
  indexPriceUpdate: 'indexPrice@1s',
  forceOrder: 'forceOrder',
}
const BARE = /^\{"e":"(\w{1,40})"/
const SYMBOL = /"s":"([^"]{1,40})"/
const REST_BOOK = '"lastUpdateId"'

/**
 * A bare Binance frame (`{"e":…}`) put into the form of a combined stream, as readers of the collector's format expect it; not a
 * character of it changes. Combined frames and REST books come back as they are, everything else as a stream that nobody reads.
 */
export function combinedFrame(text: string): string {
  if (text.startsWith('{"stream"') || text.startsWith('{"lastUpdateId"')) return text
  const event = BARE.exec(text)?.[1]
  if (event === undefined) return text.includes(REST_BOOK) ? text : `{"stream":"","data":{"e":"","frame":${text}}}`
  const symbol = SYMBOL.exec(text)?.[1]?.toLowerCase() ?? ''
  return `{"stream":"${symbol}@${STREAMS[event] ?? event}","data":${text}}`
}
