import type { Random } from '../../src/core/random.ts'

const LEVELS = 50
const SIZE_MAX = 5_000
const START_TICKS = 600_000
const DRIFT_TICKS_MAX = 2_000

/** One instrument that says something whenever asked: Binance frames as text, ids without holes, a book that is never crossed. */
export interface FloodMarket {
  readonly venueSymbol: string
  depth(at: number): string
  trade(at: number): string
  quote(at: number): string
  mark(at: number): string
  /** The REST reply. */
  snapshot(at: number): string
  readonly depthId: number
  readonly tradeId: number
}

/** Best bid `best`, best ask one tick above; `LEVELS` levels a side. Tick 0.10, lot 0.001. */
export function floodMarket(venueSymbol: string, random: Random): FloodMarket {
  const bids = new Map<number, number>()
  const asks = new Map<number, number>()
  let best = START_TICKS
  let depthId = 1_000
  let tradeId = 0
  const size = (): number => 1 + Math.floor(random() * SIZE_MAX)
  const priceText = (ticks: number): string => (ticks / 10).toFixed(1)
  const sizeText = (lots: number): string => (lots / 1_000).toFixed(3)
  const row = ([ticks, lots]: readonly [number, number]): string => `["${priceText(ticks)}","${sizeText(lots)}"]`
  const set = (side: Map<number, number>, ticks: number, lots: number): readonly [number, number] => {
    if (lots > 0) side.set(ticks, lots)
    else side.delete(ticks)
    return [ticks, lots]
  }
  for (let level = 0; level < LEVELS; level += 1) {
    set(bids, best - level, size())
    set(asks, best + 1 + level, size())
  }

  /** The whole ladder moves by one tick. */
  function move(step: 1 | -1): { bid: (readonly [number, number])[]; ask: (readonly [number, number])[] } {
    best += step
    return step === 1
      ? {
          bid: [set(bids, best, size()), set(bids, best - LEVELS, 0)],
          ask: [set(asks, best, 0), set(asks, best + LEVELS, size())],
        }
      : {
          bid: [set(bids, best + 1, 0), set(bids, best - LEVELS + 1, size())],
          ask: [set(asks, best + 1, size()), set(asks, best + 1 + LEVELS, 0)],
        }
  }
  const touch = () => ({
    bid: [set(bids, best - Math.floor(random() * 5), size())],
    ask: [set(asks, best + 1 + Math.floor(random() * 5), size())],
  })
  const side = (ladder: Map<number, number>, sign: 1 | -1) => [...ladder].sort(([a], [b]) => sign * (b - a)).map(row)

  return {
    venueSymbol,
    get depthId() {
      return depthId
    },
    get tradeId() {
      return tradeId
    },
    depth(at) {
      const isMove = random() < 0.1
      const back = Math.abs(best - START_TICKS) > DRIFT_TICKS_MAX
      const up = back ? best < START_TICKS : random() < 0.5
      const { bid, ask } = isMove ? move(up ? 1 : -1) : touch()
      const before = depthId
      depthId += 1
      return `{"e":"depthUpdate","E":${at},"T":${at},"s":"${venueSymbol}","U":${depthId},"u":${depthId},"pu":${before},"b":[${bid.map(row).join()}],"a":[${ask.map(row).join()}]}`
    },
    trade(at) {
      tradeId += 1
      const isSell = random() < 0.5
      return `{"e":"aggTrade","E":${at},"s":"${venueSymbol}","a":${tradeId},"p":"${priceText(isSell ? best : best + 1)}","q":"${sizeText(1 + Math.floor(random() * 100))}","f":${tradeId},"l":${tradeId},"T":${at},"m":${isSell}}`
    },
    quote: (at) =>
      `{"e":"bookTicker","u":${depthId},"s":"${venueSymbol}","b":"${priceText(best)}","B":"${sizeText(bids.get(best) ?? 1)}","a":"${priceText(best + 1)}","A":"${sizeText(asks.get(best + 1) ?? 1)}","T":${at},"E":${at}}`,
    mark: (at) =>
      `{"e":"markPriceUpdate","E":${at},"s":"${venueSymbol}","p":"${priceText(best)}","i":"${priceText(best)}","P":"${priceText(best)}","r":"0.00010000","T":${at + 3_600_000}}`,
    snapshot: (at) =>
      `{"lastUpdateId":${depthId},"E":${at},"T":${at},"bids":[${side(bids, 1).join()}],"asks":[${side(asks, -1).join()}]}`,
  }
}
