import { createHash } from 'node:crypto'
import { isForecast } from '../../inference/forecast.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'

/** Characters that are hashed at once: a call costs more than its bytes. */
const TEXT_MAX = 65_536

/** SHA-256 over all that was decided and why, in order; what differs between two equal runs (latencies, provider) is left out. */
export function decisionHash(): { add(record: DecisionRecord): void; digest(): string } {
  const hash = createHash('sha256')
  let text = ''
  const flush = (): void => {
    hash.update(text)
    text = ''
  }
  return {
    add: (record) => {
      const { decisionId, featureHash, target, verdict, clientId, positionLots, equity } = record
      text += JSON.stringify([decisionId, featureHash, saidOf(record), target, verdict, clientId, positionLots, equity])
      text += '\n'
      if (text.length > TEXT_MAX) flush()
    },
    digest() {
      flush()
      return hash.copy().digest('hex')
    },
  }
}

function saidOf({ forecast }: DecisionRecord) {
  if (forecast === null) return null
  if (!isForecast(forecast)) return forecast
  const { modelId, meanBps, quantilesBps, classes, volatilityBps } = forecast
  return [modelId, meanBps, quantilesBps, classes, volatilityBps]
}
