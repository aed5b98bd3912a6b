import type { Session, SessionKind } from './stream-hub.ts'

export type Upgrade =
  | {
      readonly ok: true
      readonly kind: SessionKind
      readonly isCombined: boolean
      readonly streams: readonly string[]
      readonly listenKey?: NonNullable<Session['listenKey']>
    }
  | { readonly ok: false; readonly status: 400 | 404 }

/** Any: only path and query are read. */
const ORIGIN = 'ws://localhost'

/**
 * What a websocket URL asks for. `/public/ws`, `/market/ws` and `/private/ws` since April 2026; a path behind `ws` that is no stream is
 * passed over, as Binance does (clients number their connections there).
 */
export function readUpgrade(
  url: string,
  category: (stream: string) => string | undefined,
  isListenKey: (key: string) => boolean,
): Upgrade {
  if (!URL.canParse(url, ORIGIN)) return { ok: false, status: 400 }
  const { pathname, searchParams } = new URL(url, ORIGIN)
  const [kind = '', form = '', ...rest] = pathname.split('/').filter((part) => part !== '')
  if (kind === 'ws-fapi' && form === 'v1') return { ok: true, kind: 'api', isCombined: false, streams: [] }
  if (form !== 'ws' && form !== 'stream') return { ok: false, status: 404 }
  const isCombined = form === 'stream'
  if (kind === 'private') {
    const listenKey = searchParams.get('listenKey') ?? rest[0] ?? ''
    return isListenKey(listenKey) ? { ok: true, kind, isCombined, streams: [], listenKey } : { ok: false, status: 400 }
  }
  if (kind !== 'public' && kind !== 'market') return { ok: false, status: 404 }
  const asked = isCombined ? (searchParams.get('streams') ?? '').split('/') : rest
  return { ok: true, kind, isCombined, streams: asked.filter((stream) => category(stream) === kind) }
}
