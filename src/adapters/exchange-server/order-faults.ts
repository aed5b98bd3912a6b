/**
 * What happens to an order request. `accept-but-lose-response`: executed, then the connection breaks. `503-accepted`: executed, the
 * answer is a 503 of unknown outcome. `503-not-accepted`: not executed. `delay`: executed `ms` later.
 */
export type OrderFault =
  | { readonly kind: 'accept-but-lose-response' }
  | { readonly kind: '503-accepted' }
  | { readonly kind: '503-not-accepted' }
  | { readonly kind: 'delay'; readonly ms: number }

export type OrderAction = 'place' | 'cancel'

/** Faults waiting for order requests, first come first served. Bounded by what a test asks for. */
export interface OrderFaults {
  plan(count: number, fault: OrderFault, action: OrderAction): void
  /** Takes the fault meant for this request, if any. */
  take(method: string, path: string): OrderFault | undefined
}

export function orderFaults(): OrderFaults {
  const planned: Record<OrderAction, OrderFault[]> = { place: [], cancel: [] }
  return {
    plan: (count, fault, action) => {
      for (let each = 0; each < count; each += 1) planned[action].push(fault)
    },
    take: (method, path) => {
      if (path !== '/fapi/v1/order' && path !== '/fapi/v1/algoOrder') return undefined
      if (method === 'POST') return planned.place.shift()
      return method === 'DELETE' ? planned.cancel.shift() : undefined
    },
  }
}
