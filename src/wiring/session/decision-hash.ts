import { createHash } from 'node:crypto'
import { isForecast } from '../../inference/forecast.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'

/** SHA-256 over all that was decided and why, in order; what differs between two equal runs (latencies, provider) is left out. */
export function decisionHash(): { add(record: DecisionRecord): void; digest(): string } {
  const hash = createHash('sha256')
  return {
    add: (record) => {
      const { decisionId, featureHash, target, verdict, clientId, positionLots, equity } = record
      hash.update(
        JSON.stringify([decisionId, featureHash, saidOf(record), target, verdict, clientId, positionLots, equity]),
      )
      hash.update('\n')
    },
    digest: () => hash.copy().digest('hex'),
  }
}

function saidOf({ forecast }: DecisionRecord) {
  if (forecast === null) return null
  if (!isForecast(forecast)) return forecast
  const { modelId, meanBps, quantilesBps, classes, volatilityBps } = forecast
  return [modelId, meanBps, quantilesBps, classes, volatilityBps]
}
