import pino, { type Logger } from 'pino'
import { describe, expect, test } from 'vitest'
import type { FeatureStateFile } from '../../../src/adapters/state/feature-state-file.ts'
import { InputError } from '../../../src/core/errors.ts'
import { epochMs } from '../../../src/core/units.ts'
import { featureKeeper } from '../../../src/wiring/daemon/feature-keeper.ts'
import type { Session } from '../../../src/wiring/session/session.ts'

const START = 1_700_000_000_000

function setUp(file: Partial<FeatureStateFile>) {
  const warnings: { readonly msg: string; readonly error: string }[] = []
  const log: Logger = pino({ base: null }, { write: (line: string) => void warnings.push(JSON.parse(line)) })
  const saved: object[] = []
  const whole: FeatureStateFile = { load: () => undefined, save: (state) => void saved.push(state), ...file }
  return { keeper: featureKeeper('unused', log, whole), warnings, saved }
}
const session = (state: object) => ({ featureState: () => state }) as unknown as Session
const refuses = (message: string) => () => {
  throw new InputError(message)
}

describe('featureKeeper', () => {
  test('makes the session with what was kept', () => {
    const { keeper, warnings } = setUp({ load: () => ({ kept: 1 }) })
    expect(keeper.restored((state) => ({ with: state }))).toEqual({ made: { with: { kept: 1 } }, state: { kept: 1 } })
    expect(warnings).toEqual([])
  })

  test.each([
    ['a damaged file', { load: refuses('features.json: must be JSON') }, (state: unknown) => ({ with: state })],
    [
      'what does not fit the model',
      { load: () => ({ kept: 1 }) },
      (state: unknown) => (state === undefined ? { with: state } : refuses('schemaHash was a; it must be b')()),
    ],
  ])('%s: begins afresh and warns', (_name, file, make) => {
    const { keeper, warnings } = setUp(file)
    expect(keeper.restored(make)).toEqual({ made: { with: undefined }, state: undefined })
    expect(warnings).toMatchObject([{ msg: 'features begin afresh', error: expect.stringContaining('must be') }])
  })

  test('what is wrong without a kept state too is not hidden, nor is a bug', () => {
    const { keeper } = setUp({ load: () => ({}) })
    expect(() => keeper.restored(refuses('a peer is no instrument'))).toThrow('a peer is no instrument')
    const bug = () => {
      throw new TypeError('x is not a function')
    }
    expect(() => keeper.restored(bug)).toThrow(TypeError)
  })

  test('keeps at most once a minute, and at a stop', () => {
    const { keeper, saved } = setUp({})
    for (const ms of [0, 1_000, 59_999]) keeper.onDecided(session({ ms }), epochMs(START + ms))
    expect(saved).toEqual([{ ms: 0 }])
    keeper.onDecided(session({ ms: 60_000 }), epochMs(START + 60_000))
    keeper.keep(session({ ms: 60_001 }))
    expect(saved).toEqual([{ ms: 0 }, { ms: 60_000 }, { ms: 60_001 }])
  })

  test('a disk that takes nothing is a warning, not the end of trading', () => {
    const { keeper, warnings } = setUp({ save: refuses('no space left') })
    keeper.onDecided(session({}), epochMs(START))
    expect(warnings).toMatchObject([{ msg: 'the state of the features is not kept', error: 'no space left' }])
  })
})
