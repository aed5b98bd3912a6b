import { expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { ARCHITECTURE_NAMES, ARCHITECTURES, architectureOf } from '../../../src/model/architectures/registry.ts'
import { layoutOfSubject } from '../../support/engine/subject.ts'

test('names are unique, and each finds its architecture', () => {
  expect(new Set(ARCHITECTURE_NAMES).size).toBe(ARCHITECTURES.length)
  for (const name of ARCHITECTURE_NAMES) expect(architectureOf(name).name).toBe(name)
})

test('an unknown name is refused with those that there are', () => {
  expect(() => architectureOf('mamba')).toThrow(InputError)
  expect(() => architectureOf('mamba')).toThrow(
    /architecture.name was mamba; it must be one of transformer, .*ensemble/,
  )
})

test.each([
  [
    'cnn',
    { kernels: [3, 5], padding: 'valid' },
    [1, 4, 3],
    'cnn.kernels has 5; with dilation 1 it must fit into 4 steps',
  ],
  [
    'cnn',
    { kernels: [3], padding: 'valid', dilation: 2 },
    [1, 4, 3],
    'cnn.kernels has 3; with dilation 2 it must fit into 4 steps',
  ],
  [
    'deeplob',
    { levels: 3 },
    [1, 4, 11],
    'deeplob.levels was 3; with 4 features each from column 0 the book needs 12 features, the window has 11',
  ],
  ['deeplob', { levels: 3, firstColumn: 1 }, [1, 4, 12], 'needs 13 features, the window has 12'],
  [
    'patch-transformer',
    { patchLength: 5 },
    [1, 4, 3],
    'patch-transformer.patchLength was 5; it must be at most the 4 steps of the window',
  ],
] as const)('%s with %o refuses a window of %o', (name, given, window, message) => {
  const architecture = architectureOf(name)
  const build = (): unknown =>
    layoutOfSubject({
      inputs: { window },
      build: (network, inputs) => ({
        y: architecture.encode(network, inputs['window']!, architecture.options.parse(given)),
      }),
    })
  expect(build).toThrow(InputError)
  expect(build).toThrow(message)
})

test.each([
  ['cnn', { kernels: [3, 5], padding: 'valid' }, [1, 5, 3]],
  ['deeplob', { levels: 3 }, [1, 1, 12]],
  ['deeplob', { levels: 3, firstColumn: 1 }, [1, 4, 13]],
  ['patch-transformer', { patchLength: 4 }, [1, 4, 3]],
] as const)('%s with %o takes a window of %o', (name, given, window) => {
  const architecture = architectureOf(name)
  const { count } = layoutOfSubject({
    inputs: { window },
    build: (network, inputs) => ({
      y: architecture.encode(network, inputs['window']!, architecture.options.parse(given)),
    }),
  })
  expect(count).toBeGreaterThan(0)
})
