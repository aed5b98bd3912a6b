import { expect, test } from 'vitest'
import { retrainDue, type ScheduleSettings, type ScheduleState } from '../../../src/training/schedule/retrain-due.ts'

const settings: ScheduleSettings = { barsMin: 100, everyBars: 50, everyMs: 60_000, onDrift: true, pauseMs: 1_000 }
const state: ScheduleState = { bars: 200, barsSince: 10, now: 10_000, trainedAt: 5_000, failures: 0 }

test.each<[string, Partial<ScheduleState>, Partial<ScheduleSettings>, RegExp | undefined]>([
  ['too few bars', { bars: 99, trainedAt: undefined }, {}, undefined],
  ['the first training', { bars: 100, trainedAt: undefined }, {}, /first 100 bars/],
  ['nothing new', {}, {}, undefined],
  ['one bar short', { barsSince: 49 }, {}, undefined],
  ['enough bars', { barsSince: 50 }, {}, /50 bars/],
  ['enough bars, still resting', { barsSince: 50, now: 5_999 }, {}, undefined],
  ['rested', { barsSince: 50, now: 6_000 }, {}, /50 bars/],
  ['time short', { now: 64_999 }, {}, undefined],
  ['time passed', { now: 65_000 }, {}, /60 s/],
  ['time passed, no new bar', { now: 65_000, barsSince: 0 }, {}, undefined],
  ['time does not count', { now: 1e9 }, { everyMs: undefined }, undefined],
  ['drift', { request: 'psi 0.4' }, {}, /psi 0\.4/],
  ['drift is not heard', { request: 'psi 0.4' }, { onDrift: false }, undefined],
  ['after two failures the rest is four times as long', { failures: 2, now: 8_999 }, {}, undefined],
  ['and then it is tried again', { failures: 2, now: 9_000 }, {}, /failed/],
  ['the rest is bounded', { failures: 40, now: 5_000 + 64_000 }, {}, /failed/],
])('%s', (_name, change, rule, expected) => {
  const due = retrainDue({ ...state, ...change }, { ...settings, ...rule })
  if (expected) expect(due).toMatch(expected)
  else expect(due).toBeUndefined()
})
