import ccxt from 'ccxt'
import { transportSettings, type VenueClientOptions, VenueTransport } from './venue-transport.ts'

/** Sends, changes or cancels one. */
const isOrder = (method: string, path: string): boolean =>
  method !== 'GET' && /^(order|allOpenOrders|batchOrders|algoOrder)$/.test(path)

/** Binance USD-M as ccxt knows it: signed requests, and its sockets through `transport`. */
export class VenueClient extends ccxt.pro.binanceusdm {
  readonly transport: VenueTransport

  constructor(options: VenueClientOptions) {
    super(transportSettings(options, { adjustForTimeDifference: true }))
    this.transport = new VenueTransport(this, options)
  }

  /** Orders never queue behind questions: risk limits their rate, and the venue's 429 is heard. */
  override calculateRateLimiterCost(
    api: string,
    method: string,
    path: string,
    params: object,
    config?: object,
  ): number {
    if (isOrder(method, path)) return 0
    return super.calculateRateLimiterCost(api, method, path, params, config) as number
  }

  override throttle(cost?: number): Promise<void> {
    return cost === 0 ? Promise.resolve() : super.throttle(cost)
  }

  userStreamUrl(listenKey: string): string {
    return this.getPrivateWsUrl('future', listenKey)
  }
}
