import * as ccxt from 'ccxt'

type Urls = Record<string, unknown>

/** Host and port replaced, path kept. */
const moved = (url: string, origin: string) => origin + new URL(url).pathname

function move(urls: Urls, http: string, ws: string): void {
  for (const [name, url] of Object.entries(urls)) {
    if (typeof url === 'string') urls[name] = moved(url, url.startsWith('ws') ? ws : http)
    else if (typeof url === 'object' && url !== null) move(url as Urls, http, ws)
  }
}

/** ccxt takes error classes from the URL's host: on loopback it would give other ones than on the real exchange. */
class LoopbackBinance extends ccxt.pro.binanceusdm {
  override getExceptionsByUrl(url: string | undefined, key: string) {
    const real = (url ?? '').replace(/^http:\/\/127\.0\.0\.1:\d+/, 'https://fapi.binance.com')
    return super.getExceptionsByUrl(real, key)
  }
}

/**
 * The unchanged ccxt client of Binance USD-M, its URLs pointed at a server on loopback. Default key pair: the simulator's demo one.
 * The caller closes it.
 */
export async function loopbackBinance(
  port: number,
  config: Record<string, unknown> = {},
): Promise<InstanceType<typeof ccxt.pro.binanceusdm>> {
  const { options, ...rest } = config
  const client = new LoopbackBinance({
    apiKey: 'demo',
    secret: 'demo',
    timeout: 5_000,
    enableRateLimit: false,
    ...rest,
    options: { fetchCurrencies: false, ...(options as object | undefined) },
  })
  move(client.urls['api'], `http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`)
  await client.loadHttpProxyAgent() // Without it ccxt refuses ws:// URLs.
  return client
}
