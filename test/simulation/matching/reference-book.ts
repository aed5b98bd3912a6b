import type { Side } from '../../../src/core/units.ts'
import { CROWD, type SelfTradeMode } from '../../../src/simulation/matching/book-side.ts'

export type Kind = 'GTC' | 'IOC' | 'FOK' | 'GTX'

export interface ReferenceOrder {
  readonly id: number
  readonly owner: string
  readonly side: Side
  readonly limit: number
  readonly reduceOnly: boolean
  readonly selfTrade: SelfTradeMode
  left: number
}

/** The rules of the venue, written the slow way: one list in order of arrival, searched anew for every trade. */
export class ReferenceBook {
  resting: ReferenceOrder[] = []
  log: string[] = []
  positions: Record<string, number> = {}

  closable({ owner, side }: ReferenceOrder): number {
    const held = this.positions[owner] ?? 0
    return Math.max(0, side === 'buy' ? -held : held)
  }

  /** The oldest of the best priced orders that `taker` could trade with. */
  opposite(taker: ReferenceOrder): ReferenceOrder | undefined {
    const sign = taker.side === 'buy' ? 1 : -1
    const willing = this.resting.filter((o) => o.side !== taker.side && sign * o.limit <= sign * taker.limit)
    const best = Math.min(...willing.map((o) => sign * o.limit))
    return willing.find((o) => sign * o.limit === best)
  }

  cancel(id: number): void {
    this.resting = this.resting.filter((o) => o.id !== id)
  }

  submit(taker: ReferenceOrder, kind: Kind): string {
    if (kind === 'GTX' && this.opposite(taker)) return 'refused'
    if (kind === 'FOK' && !this.copy().fills({ ...taker })) return 'expired'
    const end = this.match(taker)
    if (taker.left === 0) return 'filled'
    if (end === 'prevented') return 'prevented'
    if (kind === 'IOC' || this.opposite(taker)) return 'expired'
    this.resting.push(taker)
    return 'resting'
  }

  copy(): ReferenceBook {
    const twin = new ReferenceBook()
    twin.resting = this.resting.map((o) => ({ ...o }))
    twin.positions = { ...this.positions }
    return twin
  }

  fills(taker: ReferenceOrder): boolean {
    this.match(taker)
    return taker.left === 0
  }

  match(taker: ReferenceOrder): 'done' | 'prevented' {
    while (taker.left > 0) {
      const maker = this.opposite(taker)
      if (!maker) return 'done'
      if (maker.owner === taker.owner && maker.owner !== CROWD && taker.selfTrade !== 'NONE') {
        if (taker.selfTrade !== 'EXPIRE_TAKER') this.expire(maker, 'self-trade')
        if (taker.selfTrade !== 'EXPIRE_MAKER') return 'prevented'
        continue
      }
      if (taker.reduceOnly && this.closable(taker) === 0) return 'done'
      if (maker.reduceOnly && this.closable(maker) === 0) {
        this.expire(maker, 'no-capacity')
        continue
      }
      this.trade(maker, taker)
    }
    return 'done'
  }

  expire(maker: ReferenceOrder, cause: string): void {
    this.cancel(maker.id)
    this.log.push(`${maker.id} expired, ${cause}`)
  }

  trade(maker: ReferenceOrder, taker: ReferenceOrder): void {
    const most = (order: ReferenceOrder) => (order.reduceOnly ? Math.min(order.left, this.closable(order)) : order.left)
    const size = Math.min(most(maker), most(taker))
    for (const order of [maker, taker]) {
      order.left -= size
      const sign = order.side === 'buy' ? 1 : -1
      this.positions[order.owner] = (this.positions[order.owner] ?? 0) + sign * size
    }
    if (maker.left === 0) this.cancel(maker.id)
    this.log.push(`${maker.id}<${taker.id} ${size}@${maker.limit}`)
  }
}
