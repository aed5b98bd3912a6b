import { expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import { measuredLatency, type OrderTimes } from '../../../src/simulation/latency/measured-latency.ts'

const SENT = epochMs(1_000)
interface Case {
  readonly name: string
  readonly times: Partial<OrderTimes>
  readonly expected: object | undefined
}

test.each<Case>([
  {
    name: 'both ways, the exchange 500 ms ahead',
    times: { matchedAt: epochMs(1_507), answeredAt: epochMs(1_020), offsetMs: 500, feedMs: 4 },
    expected: { entryMs: 7, responseMs: 13, feedMs: 4, source: 'measured' },
  },
  {
    name: 'the answer was lost: the way back is taken for as long',
    times: { matchedAt: epochMs(1_507), offsetMs: 500 },
    expected: { entryMs: 7, responseMs: 7, source: 'entry' },
  },
  {
    name: 'the venue names no time: halves',
    times: { answeredAt: epochMs(1_020), offsetMs: 500 },
    expected: { entryMs: 10, responseMs: 10, source: 'halved' },
  },
  {
    name: 'the clocks are not known: halves',
    times: { matchedAt: epochMs(1_507), answeredAt: epochMs(1_020) },
    expected: { entryMs: 10, responseMs: 10, source: 'halved' },
  },
  { name: 'nothing is known', times: { matchedAt: epochMs(1_507) }, expected: undefined },
  {
    name: 'matched before it was sent: an error of the clocks',
    times: { matchedAt: epochMs(1_499), answeredAt: epochMs(1_020), offsetMs: 500 },
    expected: { entryMs: 0, responseMs: 20, source: 'measured' },
  },
  {
    name: 'matched after the answer came: the same the other way',
    times: { matchedAt: epochMs(1_530), answeredAt: epochMs(1_020), offsetMs: 500 },
    expected: { entryMs: 20, responseMs: 0, source: 'measured' },
  },
  {
    name: 'a feed that seems to come from the future',
    times: { answeredAt: epochMs(1_002), feedMs: -3 },
    expected: { feedMs: 0 },
  },
])('$name', ({ times, expected }) => {
  const measured = measuredLatency({
    ...{ sentAt: SENT, matchedAt: undefined, answeredAt: undefined, offsetMs: undefined, feedMs: 0 },
    ...times,
  })
  if (expected === undefined) expect(measured).toBeUndefined()
  else expect(measured).toMatchObject({ at: SENT, ...expected })
})
