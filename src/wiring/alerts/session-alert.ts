import type { Alert } from '../../core/alert.ts'
import type { SessionEvent } from '../session/decider.ts'
import { makeAlert } from './make-alert.ts'

/** What a person wants to hear of the market side: lost data, refused orders, latches. */
export function sessionAlert(event: SessionEvent): Alert | undefined {
  switch (event.kind) {
    case 'gap': {
      const { symbol, reason, detail, receivedAt } = event.gap
      const text = `${symbol}: market data lost (${reason}): ${detail}`
      return makeAlert(receivedAt, 'disconnect', 'warning', `gap:${symbol}:${receivedAt}`, text, { symbol, reason })
    }
    case 'latched': {
      const latches = Object.entries(event.latches)
      const id = `latch:${latches.map(([name, { at }]) => `${name}@${at}`).join(',')}`
      const text = latches.map(([name, { detail }]) => `${name}: ${detail}`).join('; ')
      return makeAlert(event.at, 'halt', 'critical', id, `entries halted until a person resets: ${text}`, {
        latches: latches.map(([name]) => name).join(','),
      })
    }
    case 'decided': {
      const { symbol, verdict, barEndAt, decisionId } = event.record
      if (verdict.kind !== 'refused') return undefined
      const text = `${symbol}: order refused (${verdict.code}): ${verdict.detail}`
      return makeAlert(barEndAt, 'refusal', 'warning', `refusal:${decisionId}`, text, { symbol, code: verdict.code })
    }
  }
}
