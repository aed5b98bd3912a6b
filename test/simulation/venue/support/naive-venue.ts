import type { Wanted } from './bench.ts'

interface NaiveOrder {
  readonly id: string
  readonly wanted: Wanted
  left: number
  stage: 'waiting' | 'triggered' | 'resting' | 'done'
  ahead: number
  best: number | undefined
}

/**
 * The matching rules of docs/simulation.md once more, as plainly as they can be said and with nothing shared: one instrument, no
 * latency, risk-averse queue. Every step looks at every order and every level.
 */
export class NaiveVenue {
  readonly fills: string[] = []
  position = 0
  #bids: [number, number][] = []
  #asks: [number, number][] = []
  #taken: [string, number, number][] = []
  #orders: NaiveOrder[] = []
  #resting: NaiveOrder[] = []
  #synced = false
  #last: number | undefined
  #mark: number | undefined

  open(): readonly string[] {
    return this.#orders.filter(({ stage }) => stage !== 'done').map(({ id, left }) => `${id} ${left}`)
  }

  /** False: refused. */
  order(id: string, wanted: Wanted): boolean {
    const order: NaiveOrder = { id, wanted, left: wanted.lots, stage: 'waiting', ahead: 0, best: undefined }
    const conditional = wanted.type !== undefined && wanted.type !== 'limit' && wanted.type !== 'market'
    if (wanted.reduceOnly && this.#mayFill(order) === 0) return false
    if (conditional && this.#reached(order)) return false
    if (conditional) order.best = undefined
    this.#orders.push(order)
    if (!conditional) {
      order.stage = 'triggered'
      this.#meet(order)
    }
    this.#settle()
    return true
  }

  cancel(id: string): void {
    for (const order of this.#orders) if (order.id === id) order.stage = 'done'
    this.#settle()
  }

  gap(): void {
    this.#synced = false
    this.#bids = []
    this.#asks = []
    this.#taken = []
    this.#settle()
  }

  book(snapshot: boolean, bids: readonly [number, number][], asks: readonly [number, number][]): void {
    if (snapshot) {
      this.gap()
      this.#synced = true
    }
    if (this.#synced) {
      this.#bids = replaced(this.#bids, bids)
      this.#asks = replaced(this.#asks, asks)
      this.#taken = this.#taken.filter(
        ([side, price]) => !(side === 'bid' ? bids : asks).some((level) => level[0] === price),
      )
    }
    const used = { buy: 0, sell: 0 }
    for (const order of this.#resting.filter(({ stage }) => stage === 'resting')) {
      const { side = 'buy', price } = order.wanted
      const shown =
        side === 'buy' ? asks.filter((level) => level[0] <= price) : bids.filter((level) => level[0] >= price)
      const lots = shown.reduce((sum, level) => sum + level[1], 0) - used[side]
      if (lots > 0) used[side] += this.#fill(order, price, lots, ' maker')
    }
    this.#settle()
  }

  trade(side: 'buy' | 'sell', price: number, size: number): void {
    this.#last = price
    let ours = 0
    for (const order of this.#resting.filter(({ stage }) => stage === 'resting')) {
      const { side: own = 'buy', price: limit } = order.wanted
      if (own === 'buy' ? price < limit : price > limit) this.#fill(order, limit, order.left, ' maker')
      if (price !== limit || own === side) continue
      const reaching = size - ours - order.ahead
      order.ahead = Math.max(0, order.ahead - (size - ours))
      if (reaching > 0) ours += this.#fill(order, limit, reaching, ' maker')
    }
    this.#settle()
  }

  mark(price: number): void {
    this.#mark = price
    this.#settle()
  }

  #settle(): void {
    for (const order of this.#orders) {
      if (order.stage === 'waiting' && this.#reached(order)) {
        order.stage = this.#mayFill(order) === 0 ? 'done' : 'triggered'
      }
      if (order.stage === 'triggered' && this.#synced) this.#meet(order)
    }
    for (const order of this.#resting) if (order.stage === 'resting' && this.#mayFill(order) === 0) order.stage = 'done'
  }

  #meet(order: NaiveOrder): void {
    const { side = 'buy', price, type = 'limit', timeInForce = 'IOC' } = order.wanted
    const limited = type === 'limit' || type.endsWith('limit')
    const levels = (side === 'buy' ? this.#asks : this.#bids)
      .filter(([at]) => !limited || (side === 'buy' ? at <= price : at >= price))
      .sort((a, b) => (side === 'buy' ? a[0] - b[0] : b[0] - a[0]))
      .map(([at, lots]) => [at, lots - this.#takenAt(side === 'buy' ? 'ask' : 'bid', at)] as const)
      .filter(([, lots]) => lots > 0)
    const there = levels.reduce((sum, [, lots]) => sum + lots, 0)
    const wouldTake = limited && timeInForce === 'GTX' && levels.length > 0
    const tooLittle = timeInForce === 'FOK' && there < Math.min(order.left, this.#mayFill(order))
    if (wouldTake || tooLittle) {
      order.stage = 'done'
      return
    }
    for (const [at, lots] of levels) {
      const taken = this.#fill(order, at, lots, '')
      this.#taken.push([side === 'buy' ? 'ask' : 'bid', at, taken])
    }
    if ((order.stage as string) === 'done') return
    if (limited && this.#synced && timeInForce !== 'IOC' && timeInForce !== 'FOK') {
      order.stage = 'resting'
      order.ahead = (side === 'buy' ? this.#bids : this.#asks).find(([at]) => at === price)?.[1] ?? 0
      this.#resting.push(order)
    } else if (type === 'limit' || type === 'market' || limited) order.stage = 'done'
  }

  #fill(order: NaiveOrder, price: number, lots: number, maker: string): number {
    const filled = Math.min(lots, order.left, this.#mayFill(order))
    if (order.stage === 'done' || filled <= 0) return 0
    const { side = 'buy' } = order.wanted
    order.left -= filled
    if (order.left === 0) order.stage = 'done'
    this.position += side === 'buy' ? filled : -filled
    this.fills.push(`${order.id} ${side} ${filled}@${price}${maker}`)
    return filled
  }

  #mayFill({ wanted }: NaiveOrder): number {
    if (!wanted.reduceOnly) return wanted.lots
    return Math.max(0, wanted.side === 'sell' ? this.position : -this.position)
  }

  #takenAt(side: string, price: number): number {
    return this.#taken.reduce((sum, [s, p, lots]) => (s === side && p === price ? sum + lots : sum), 0)
  }

  /** Shows a waiting order the price it watches. */
  #reached(order: NaiveOrder): boolean {
    const { side, type = 'limit', trigger, trailing } = order.wanted
    const price = (trailing ?? trigger)?.by === 'mark' ? this.#mark : this.#last
    if (price === undefined) return false
    if (trailing) {
      const { activationTicks: from, callbackBps } = trailing
      if (side === 'sell') {
        if (order.best !== undefined) order.best = Math.max(order.best, price)
        else if (from === undefined || price >= from) order.best = price
        return order.best !== undefined && price <= order.best * (1 - callbackBps / 10_000)
      }
      if (order.best !== undefined) order.best = Math.min(order.best, price)
      else if (from === undefined || price <= from) order.best = price
      return order.best !== undefined && price >= order.best * (1 + callbackBps / 10_000)
    }
    const rises = (side === 'sell') === type.startsWith('take')
    return rises ? price >= trigger!.ticks : price <= trigger!.ticks
  }
}

/** Levels with those of `changes` in their place; none without lots. */
function replaced(levels: readonly [number, number][], changes: readonly [number, number][]): [number, number][] {
  const kept = levels.filter(([price]) => !changes.some((change) => change[0] === price))
  return [...kept, ...changes.filter((change) => change[1] > 0)]
}
