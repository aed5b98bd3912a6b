import { describe, expect, test } from 'vitest'
import { ARCHITECTURE_NAMES } from '../../src/model/architectures/registry.ts'
import { modelSettingsSchema, solvedReservoir } from '../../src/training/model-settings.ts'

const heads = { quantiles: { share: 1 } }
const truncatedBptt = { k1: 4, k2: 8 }

const problems = (settings: object): string[] =>
  (modelSettingsSchema.safeParse(settings).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )

test.each(ARCHITECTURE_NAMES.filter((name) => name !== 'deeplob'))('%s needs no options', (name) => {
  expect(problems({ architecture: { name }, heads, training: {} })).toEqual([])
})

describe('what is solved in closed form', () => {
  test('a ridge, and a reservoir without heads and training', () => {
    expect(problems({ architecture: { name: 'ridge' } })).toEqual([])
    const settings = modelSettingsSchema.parse({ architecture: { name: 'reservoir', units: 50 } })
    expect(solvedReservoir(settings)).toMatchObject({ units: 50, leak: 0.5 })
    const trained = modelSettingsSchema.parse({ architecture: { name: 'reservoir' }, heads, training: {} })
    expect(solvedReservoir(trained)).toBeUndefined()
  })
})

test.each<[string, object, string]>([
  [
    'an unknown architecture',
    { architecture: { name: 'mlp' }, heads, training: {} },
    'architecture.name: Invalid option',
  ],
  [
    'an option of another',
    { architecture: { name: 'lstm', kernels: [3] }, heads, training: {} },
    'architecture: Unrecognized key: "kernels"',
  ],
  [
    'an option out of range',
    { architecture: { name: 'lstm', hidden: 0 }, heads, training: {} },
    'architecture.hidden: Too small',
  ],
  ['no heads', { architecture: { name: 'lstm' }, training: {} }, 'heads: lstm needs it: it is trained'],
  ['no training', { architecture: { name: 'lstm' }, heads }, 'training: lstm needs it: it is trained'],
  ['a trained ridge', { architecture: { name: 'ridge' }, training: {} }, 'training: leave it out: ridge is solved'],
  [
    'truncated BPTT without a state',
    { architecture: { name: 'cnn' }, heads, training: { truncatedBptt } },
    'training.truncatedBptt: only for lstm, gru and rnn',
  ],
  [
    'truncated BPTT through attention',
    { architecture: { name: 'lstm', attentionHeads: 4 }, heads, training: { truncatedBptt } },
    'training.truncatedBptt: only for lstm, gru and rnn',
  ],
  [
    'k2 below k1',
    { architecture: { name: 'gru' }, heads, training: { truncatedBptt: { k1: 8, k2: 4 } } },
    'training.truncatedBptt.k2: at least k1',
  ],
])('refuses %s', (_name, settings, message) => {
  expect(problems(settings).some((problem) => problem.startsWith(message))).toBe(true)
})
