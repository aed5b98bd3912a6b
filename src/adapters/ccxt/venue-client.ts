import ccxt from 'ccxt'
import { transportSettings, type VenueClientOptions, VenueTransport } from './venue-transport.ts'

/** Binance USD-M as ccxt knows it: signed requests, and its sockets through `transport`. */
export class VenueClient extends ccxt.pro.binanceusdm {
  readonly transport: VenueTransport

  constructor(options: VenueClientOptions) {
    super(transportSettings(options, { adjustForTimeDifference: true }))
    this.transport = new VenueTransport(this, options)
  }

  userStreamUrl(listenKey: string): string {
    return this.getPrivateWsUrl('future', listenKey)
  }
}
