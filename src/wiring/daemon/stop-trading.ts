import type { Logger } from 'pino'
import { messageOf } from '../../core/errors.ts'
import type { ReconcileReport } from '../../trading/trader-event.ts'
import type { WallConfig } from '../config/schema.ts'
import type { Assembly } from './assemble.ts'

/**
 * The orderly end: no new entries, open orders as configured, positions closed if so configured, then one last look at the venue.
 * Bounded by `trading.stopTimeoutMs`: past it the rest is left to the next start, which reconciles. Undefined: it did not finish.
 */
export async function stopTrading(
  parts: Assembly,
  config: WallConfig,
  log: Logger,
): Promise<ReconcileReport | undefined> {
  const { edges } = parts
  const timeUp = new AbortController()
  const late = edges.scheduler.sleep(config.trading.stopTimeoutMs, timeUp.signal).then(() => undefined)
  try {
    return await Promise.race([wind(parts, config, log), late])
  } catch (error) {
    log.error({ error: messageOf(error) }, 'the stop did not finish; the next start reconciles')
    return undefined
  } finally {
    timeUp.abort()
  }
}

async function wind({ session, trader, edges }: Assembly, config: WallConfig, log: Logger) {
  session.stop()
  if (!trader) return undefined
  await trader.settled()
  if (config.trading.onStop !== 'leave') {
    for (const { clientId, outcome } of await trader.cancelAll()) {
      log.info({ clientId, outcome }, 'open order at the stop')
    }
  }
  if (config.trading.onStop === 'cancel-and-flatten') {
    session.flatten(edges.clock.now())
    await trader.settled()
  }
  return trader.reconcile('stop')
}
