import type { Alert } from '../../core/alert.ts'
import type { Converter, InstrumentSymbol } from '../../core/instrument.ts'
import { lots } from '../../core/units.ts'
import type { Signal } from '../daemon/signal-desk.ts'
import { makeAlert } from './make-alert.ts'

/** What a follower gets in place of an order. */
export function signalAlert(
  { order, positionLots }: Signal,
  converters: ReadonlyMap<InstrumentSymbol, Converter>,
): Alert {
  const { symbol, side, createdAt, clientId } = order
  const convert = converters.get(symbol)
  const size = convert?.quantityText(order.lots) ?? `${order.lots} lots`
  const price = convert?.priceText(order.price) ?? `${order.price} ticks`
  const held = convert ? Number(convert.quantityText(lots(positionLots))) : positionLots
  const text = `signal: ${side} ${size} ${symbol}, limit ${price}; position then ${held}`
  return makeAlert(createdAt, 'signal', 'info', `signal:${clientId}`, text, { symbol, side, size, price })
}
