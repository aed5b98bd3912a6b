import type { VenueId } from '../../../../src/adapters/ccxt/venue-profile.ts'
import type { Instrument } from '../../../../src/core/instrument.ts'
import type { VenueScript } from './scripted-venue.ts'

/** A venue's own way to say the same things, all of one instrument with a tick of 0.1 and prices about 100. */
export interface ScriptedMarket {
  readonly id: Exclude<VenueId, 'binanceusdm'>
  readonly symbol: string
  readonly script: VenueScript
  readonly instrument: Partial<Instrument>
  /** Topics that are subscribed, as they stand in the messages. */
  readonly topics: readonly (string | object)[]
  /** Those that a fresh book makes subscribe again; none: it comes otherwise. */
  readonly renewed: readonly (string | object)[]
  /** Where the book comes by REST. */
  readonly rest?: { readonly route: string; book(id: number): object }
  /** The whole book (bid 99.9, ask 100.1, 1 each) as the stream sends it; absent where it comes by REST. */
  whole?(id: number): object
  /** The bid at a price, 99.9 unless told, becomes `lots` lots; where books come whole, it is the only one. */
  delta(id: number, lots: number, price?: string): object
  trade(id: number): object
  mark(): object
  /** What a refused subscription brings. */
  readonly refusal: (asked: string) => object
}

const now = () => Date.now()

interface Asked {
  readonly id?: number
  readonly method?: string
  readonly op?: string
  readonly reqType?: string
  readonly dataType?: string
  readonly req_id?: string
  readonly params?: readonly string[]
  readonly args?: readonly (string | { readonly channel: string })[]
  readonly subscription?: { readonly type: string }
}
const asked = (text: string) => JSON.parse(text) as Asked

const coinmBook = (lastUpdateId: number) => ({
  ...{ lastUpdateId, symbol: 'BTCUSD_PERP', pair: 'BTCUSD', E: now(), T: now() },
  ...{ bids: [['99.9', '1']], asks: [['100.1', '1']] },
})
const coinm: ScriptedMarket = {
  id: 'binancecoinm',
  symbol: 'BTC/USD:BTC',
  instrument: { venueSymbol: 'BTCUSD_PERP', tickSize: '0.1', lotSize: '1', contractSize: '100', inverse: true },
  script: {
    path: '/ws',
    routes: {
      'GET /dapi/v1/time': () => ({ serverTime: now() }),
      'GET /dapi/v1/exchangeInfo': () => ({
        symbols: [
          {
            ...{ symbol: 'BTCUSD_PERP', pair: 'BTCUSD', contractType: 'PERPETUAL', deliveryDate: 4_133_404_800_000 },
            ...{ onboardDate: 1_597_042_800_000, contractStatus: 'TRADING', contractSize: 100, marginAsset: 'BTC' },
            ...{ baseAsset: 'BTC', quoteAsset: 'USD', pricePrecision: 1, quantityPrecision: 0 },
            ...{ baseAssetPrecision: 8, quotePrecision: 8, orderTypes: ['LIMIT'], timeInForce: ['GTC'] },
            filters: [
              { filterType: 'PRICE_FILTER', minPrice: '0.1', maxPrice: '4520958', tickSize: '0.1' },
              { filterType: 'LOT_SIZE', minQty: '1', maxQty: '1000000', stepSize: '1' },
              { filterType: 'MARKET_LOT_SIZE', minQty: '1', maxQty: '60000', stepSize: '1' },
            ],
          },
        ],
      }),
      'GET /dapi/v1/depth': () => coinmBook(10),
    },
    answer: (text) => [{ result: null, id: asked(text).id }],
  },
  topics: ['depth@100ms', 'bookTicker', 'aggTrade', 'markPrice@1s', 'forceOrder'].map((name) => `btcusd_perp@${name}`),
  renewed: [],
  rest: { route: 'GET /dapi/v1/depth', book: coinmBook },
  delta: (id, lots, price = '99.9') => ({
    ...{ e: 'depthUpdate', E: now(), T: now(), s: 'BTCUSD_PERP', ps: 'BTCUSD', U: id, u: id, pu: id - 1 },
    ...{ b: [[price, String(lots)]], a: [] },
  }),
  trade: (id) => ({
    ...{ e: 'aggTrade', E: now(), T: now(), s: 'BTCUSD_PERP', a: id, p: '100.1', q: '3', f: id, l: id, m: false },
  }),
  mark: () => ({
    ...{ e: 'markPriceUpdate', E: now(), s: 'BTCUSD_PERP', p: '100.0', P: '100.0', r: '0.0001', T: now() + 1_000 },
  }),
  refusal: () => ({ id: 1, error: { code: 2, msg: 'Invalid request' } }),
}

function bybitMarket(kind: 'linear' | 'inverse'): ScriptedMarket {
  const isInverse = kind === 'inverse'
  const name = isInverse ? 'BTCUSD' : 'BTCUSDT'
  const row = {
    ...{ symbol: name, contractType: isInverse ? 'InversePerpetual' : 'LinearPerpetual', status: 'Trading' },
    ...{ baseCoin: 'BTC', quoteCoin: isInverse ? 'USD' : 'USDT', settleCoin: isInverse ? 'BTC' : 'USDT' },
    ...{ launchTime: '1584230400000', deliveryTime: '0', priceScale: '1', leverageFilter: {} },
    priceFilter: { minPrice: '0.1', maxPrice: '1999999.8', tickSize: '0.1' },
    lotSizeFilter: isInverse
      ? { maxOrderQty: '25000000', minOrderQty: '1', qtyStep: '1', maxMktOrderQty: '5000000' }
      : { maxOrderQty: '1190', minOrderQty: '0.001', qtyStep: '0.001', maxMktOrderQty: '500', minNotionalValue: '5' },
  }
  const size = (lots: number) => (isInverse ? String(lots) : (lots / 1_000).toFixed(3))
  const list = (category: string, status?: string) => (category === kind && status === undefined ? [row] : [])
  const book = (type: string, id: number, bids: readonly unknown[], asks: readonly unknown[]) => ({
    ...{ topic: `orderbook.50.${name}`, type, ts: now(), cts: now() },
    data: { s: name, b: bids, a: asks, u: id, seq: id },
  })
  const whole = (id: number) => book('snapshot', id, [['99.9', size(1)]], [['100.1', size(1)]])
  return {
    id: 'bybit',
    symbol: isInverse ? 'BTC/USD:BTC' : 'BTC/USDT:USDT',
    instrument: isInverse
      ? { venueSymbol: name, tickSize: '0.1', lotSize: '1', contractSize: '1', inverse: true, lotsMax: 25_000_000 }
      : { venueSymbol: name, tickSize: '0.1', lotSize: '0.001', contractSize: '1', lotsMaxMarket: 500_000 },
    script: {
      path: `/v5/public/${kind}`,
      routes: {
        'GET /v5/market/time': () => ({ retCode: 0, result: {}, time: now() }),
        'GET /v5/market/instruments-info': ({ category = '', status }) => ({
          ...{ retCode: 0, retMsg: 'OK', result: { category, list: list(category, status), nextPageCursor: '' } },
        }),
      },
      answer(text) {
        const { op, req_id, args = [] } = asked(text)
        if (op === 'ping') return [{ success: true, ret_msg: 'pong', conn_id: 'c', req_id, op: 'ping' }]
        const ack = { success: true, ret_msg: '', conn_id: 'c', req_id, op }
        return op === 'subscribe' && args.includes(`orderbook.50.${name}`) ? [ack, whole(10)] : [ack]
      },
    },
    topics: ['orderbook.50', 'tickers', 'publicTrade', 'allLiquidation'].map((topic) => `${topic}.${name}`),
    renewed: [`orderbook.50.${name}`, `tickers.${name}`],
    whole,
    delta: (id, lots, price = '99.9') => book('delta', id, [[price, size(lots)]], []),
    trade: (id) => ({
      ...{ topic: `publicTrade.${name}`, type: 'snapshot', ts: now() },
      data: [{ T: now(), s: name, S: 'Buy', v: size(3), p: '100.1', L: 'PlusTick', i: `id-${id}`, BT: false }],
    }),
    mark: () => ({
      ...{ topic: `tickers.${name}`, type: 'snapshot', ts: now(), cs: 1 },
      data: { symbol: name, markPrice: '100.0', indexPrice: '100.0', fundingRate: '0.0001', nextFundingTime: '0' },
    }),
    refusal: () => ({ success: false, ret_msg: 'error:handler not found', conn_id: 'c', op: 'subscribe' }),
  }
}

const okxRow = {
  ...{ instType: 'SWAP', instId: 'BTC-USDT-SWAP', uly: 'BTC-USDT', instFamily: 'BTC-USDT', baseCcy: '', quoteCcy: '' },
  ...{ settleCcy: 'USDT', ctVal: '0.01', ctMult: '1', ctValCcy: 'BTC', ctType: 'linear', lever: '100', state: 'live' },
  ...{ listTime: '1606468572000', expTime: '', tickSz: '0.1', lotSz: '0.01', minSz: '0.01' },
  ...{ maxLmtSz: '100000000', maxMktSz: '12000' },
}
const okxArg = (channel: string) => ({ channel, instId: channel === 'index-tickers' ? 'BTC-USDT' : 'BTC-USDT-SWAP' })
const okxBook = (action: string, id: number, prevSeqId: number, bids: unknown[], asks: unknown[]) => ({
  arg: okxArg('books'),
  action,
  data: [{ bids, asks, ts: String(now()), checksum: 0, seqId: id, prevSeqId }],
})
const okxWhole = (id: number) =>
  okxBook('snapshot', id, -1, [['99.9', '0.01', '0', '1']], [['100.1', '0.01', '0', '1']])
const okxMarket: ScriptedMarket = {
  id: 'okx',
  symbol: 'BTC/USDT:USDT',
  instrument: { venueSymbol: 'BTC-USDT-SWAP', tickSize: '0.1', lotSize: '0.01', contractSize: '0.01', lotsMin: 1 },
  script: {
    path: '/ws/v5/public',
    routes: {
      'GET /api/v5/public/time': () => ({ code: '0', msg: '', data: [{ ts: String(now()) }] }),
      'GET /api/v5/public/instruments': () => ({ code: '0', msg: '', data: [okxRow] }),
    },
    answer: (text) => (text === 'ping' ? ['pong'] : eventAnswer(text, 'books', okxWhole(10))),
  },
  topics: [
    ...['books', 'mark-price', 'index-tickers', 'funding-rate', 'open-interest', 'trades'].map(okxArg),
    { channel: 'liquidation-orders', instType: 'SWAP' },
  ],
  renewed: ['books', 'mark-price', 'index-tickers', 'funding-rate', 'open-interest'].map(okxArg),
  whole: okxWhole,
  delta: (id, lots, price = '99.9') => okxBook('update', id, id - 1, [[price, (lots / 100).toFixed(2), '0', '1']], []),
  trade: (id) => ({
    arg: okxArg('trades'),
    data: [
      {
        ...{ instId: 'BTC-USDT-SWAP', tradeId: String(id), px: '100.1', sz: '0.03', side: 'buy' },
        ...{ ts: String(now()), count: '1', source: '0', seqId: id },
      },
    ],
  }),
  mark: () => ({
    arg: okxArg('mark-price'),
    data: [{ instType: 'SWAP', instId: 'BTC-USDT-SWAP', markPx: '100.0', ts: String(now()) }],
  }),
  refusal: () => ({ event: 'error', code: '60018', msg: 'Invalid channel', connId: 'c' }),
}

/** One acknowledgement per topic, then the book where it was asked for. */
function eventAnswer(text: string, books: string, whole: object): readonly object[] {
  const { op = '', args = [] } = asked(text)
  return args.flatMap((arg) => {
    const ack = { event: op, arg, connId: 'c' }
    return op === 'subscribe' && typeof arg === 'object' && arg.channel === books ? [ack, whole] : [ack]
  })
}

const bitgetArg = (channel: string) => ({ instType: 'USDT-FUTURES', channel, instId: 'BTCUSDT' })
const bitgetBook = (action: string, id: number, pseq: number, bids: unknown[], asks: unknown[]) => ({
  ...{ action, arg: bitgetArg('books'), ts: now() },
  data: [{ asks, bids, checksum: 0, seq: id, pseq, ts: String(now()) }],
})
const bitgetWhole = (id: number) => bitgetBook('snapshot', id, 0, [['99.9', '0.001']], [['100.1', '0.001']])
const bitgetMarket: ScriptedMarket = {
  id: 'bitget',
  symbol: 'BTC/USDT:USDT',
  instrument: { venueSymbol: 'BTCUSDT', tickSize: '0.1', lotSize: '0.001', contractSize: '1', notionalMin: 5 },
  script: {
    path: '/v2/ws/public',
    routes: {
      'GET /api/v2/public/time': () => ({ code: '00000', msg: 'success', data: { serverTime: String(now()) } }),
      'GET /api/v2/mix/market/contracts': ({ productType }) => ({
        ...{ code: '00000', msg: 'success', requestTime: now() },
        data:
          productType === 'USDT-FUTURES'
            ? [
                {
                  ...{ symbol: 'BTCUSDT', baseCoin: 'BTC', quoteCoin: 'USDT', supportMarginCoins: ['USDT'] },
                  ...{ minTradeNum: '0.001', priceEndStep: '1', volumePlace: '3', pricePlace: '1' },
                  ...{ sizeMultiplier: '0.001', symbolType: 'perpetual', minTradeUSDT: '5', symbolStatus: 'normal' },
                  ...{ makerFeeRate: '0.0002', takerFeeRate: '0.0006', maxOrderQty: '1200', maxMarketOrderQty: '220' },
                },
              ]
            : [],
      }),
    },
    answer: (text) => (text === 'ping' ? ['pong'] : eventAnswer(text, 'books', bitgetWhole(10))),
  },
  topics: ['books', 'ticker', 'trade'].map(bitgetArg),
  renewed: ['books', 'ticker'].map(bitgetArg),
  whole: bitgetWhole,
  delta: (id, lots, price = '99.9') => bitgetBook('update', id, id - 1, [[price, (lots / 1_000).toFixed(3)]], []),
  trade: (id) => ({
    ...{ action: 'update', arg: bitgetArg('trade'), ts: now() },
    data: [{ ts: String(now()), price: '100.1', size: '0.003', side: 'buy', tradeId: String(id) }],
  }),
  mark: () => ({
    ...{ action: 'snapshot', arg: bitgetArg('ticker'), ts: now() },
    data: [
      {
        ...{ instId: 'BTCUSDT', markPrice: '100.0', indexPrice: '100.0', fundingRate: '0.0001', ts: String(now()) },
        ...{ nextFundingTime: String(now() + 1_000), holdingAmount: '5', symbolType: '1', symbol: 'BTCUSDT' },
      },
    ],
  }),
  refusal: () => ({ event: 'error', arg: bitgetArg('books'), code: 30_001, msg: 'instType or channel invalid' }),
}

const bingxWhole = (lots: number, price = '99.9') => ({
  ...{ code: 0, dataType: 'BTC-USDT@depth100@500ms', ts: now() },
  data: { bids: [[price, (lots / 10_000).toFixed(4)]], asks: [['100.1', '0.0001']] },
})
const bingxMarket: ScriptedMarket = {
  id: 'bingx',
  symbol: 'BTC/USDT:USDT',
  instrument: { venueSymbol: 'BTC-USDT', tickSize: '0.1', lotSize: '0.0001', notionalMin: 2 },
  script: {
    path: '/swap-market',
    gzip: true,
    routes: {
      'GET /openApi/swap/v2/server/time': () => ({ code: 0, msg: '', data: { serverTime: now() } }),
      'GET /openApi/swap/v2/quote/contracts': () => ({
        ...{ code: 0, msg: '' },
        data: [
          {
            ...{ contractId: '100', symbol: 'BTC-USDT', size: '0.0001', quantityPrecision: 4, pricePrecision: 1 },
            ...{ tradeMinQuantity: 0.0001, tradeMinUSDT: 2, currency: 'USDT', asset: 'BTC', status: 1 },
            ...{ apiStateOpen: 'true', apiStateClose: 'true' },
          },
        ],
      }),
      'GET /openApi/cswap/v1/market/contracts': () => ({ code: 0, msg: '', data: [] }),
      'GET /openApi/spot/v1/common/symbols': () => ({ code: 0, msg: '', data: { symbols: [] } }),
    },
    answer(text) {
      if (text === 'Pong') return []
      const { id, reqType, dataType = '' } = asked(text)
      const ack = { id, code: 0, msg: '', dataType: '', data: null }
      return reqType === 'sub' && dataType.includes('@depth') ? [ack, bingxWhole(1)] : [ack]
    },
  },
  topics: ['BTC-USDT@depth100@500ms', 'BTC-USDT@markPrice', 'BTC-USDT@trade'],
  renewed: [],
  whole: () => bingxWhole(1),
  delta: (_id, lots, price) => bingxWhole(lots, price),
  trade: () => ({
    ...{ code: 0, dataType: 'BTC-USDT@trade' },
    data: [{ q: '0.0003', p: '100.1', T: now(), m: false, s: 'BTC-USDT' }],
  }),
  mark: () => ({
    ...{ code: 0, dataType: 'BTC-USDT@markPrice' },
    data: { e: 'markPriceUpdate', E: now(), s: 'BTC-USDT', p: '100.0' },
  }),
  refusal: (text) => ({ id: asked(text).id, code: 80_015, msg: 'dataType not supported', dataType: '', data: null }),
}

const hyperWhole = (lots: number, price = '99.9') => ({
  channel: 'l2Book',
  data: {
    ...{ coin: 'BTC', time: now(), fast: true },
    levels: [[{ px: price, sz: (lots / 100_000).toFixed(5), n: 1 }], [{ px: '100.1', sz: '0.00001', n: 1 }]],
  },
})
const hyperliquidMarket: ScriptedMarket = {
  id: 'hyperliquid',
  symbol: 'BTC/USDC:USDC',
  instrument: { venueSymbol: 'BTC', tickSize: '0.1', lotSize: '0.00001', notionalMin: 10, inverse: false },
  script: {
    path: '/ws',
    routes: {
      'POST /info': ({ type }) =>
        type === 'exchangeStatus'
          ? { specialStatuses: null, time: now() }
          : [
              { universe: [{ maxLeverage: 40, name: 'BTC', szDecimals: 5, marginTableId: 56 }] },
              [{ markPx: '100.0', midPx: '100.0', oraclePx: '100.0', funding: '0.00001', openInterest: '1.0' }],
            ],
    },
    answer(text) {
      const { method, subscription } = asked(text)
      if (method === 'ping') return [{ channel: 'pong' }]
      const ack = { channel: 'subscriptionResponse', data: { method, subscription } }
      return method === 'subscribe' && subscription?.type === 'l2Book' ? [ack, hyperWhole(1)] : [ack]
    },
  },
  topics: [
    { type: 'l2Book', coin: 'BTC', fast: true },
    { type: 'activeAssetCtx', coin: 'BTC' },
    { type: 'trades', coin: 'BTC' },
  ],
  renewed: [],
  whole: () => hyperWhole(1),
  delta: (_id, lots, price) => hyperWhole(lots, price),
  trade: (id) => ({
    channel: 'trades',
    data: [
      {
        ...{ coin: 'BTC', side: 'B', px: '100.1', sz: '0.00003', time: now(), hash: '0x0', tid: id },
        users: ['0x0', '0x1'],
      },
    ],
  }),
  mark: () => ({
    channel: 'activeAssetCtx',
    data: {
      coin: 'BTC',
      ctx: {
        ...{ funding: '0.0000125', openInterest: '5.0', prevDayPx: '99.0', dayNtlVlm: '1.0', premium: '0.0' },
        ...{ oraclePx: '100.0', markPx: '100.0', midPx: '100.0', impactPxs: ['99.9', '100.1'], dayBaseVlm: '1.0' },
      },
    },
  }),
  refusal: () => ({ channel: 'error', data: 'Invalid subscription' }),
}

export const MARKETS: readonly ScriptedMarket[] = [
  coinm,
  bybitMarket('linear'),
  bybitMarket('inverse'),
  okxMarket,
  bitgetMarket,
  bingxMarket,
  hyperliquidMarket,
]
