import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { sweepFolder, trialsOf, writeSweep } from './support/sweep-bench.ts'

const REST = 'objective: sharpe\ntrialMsMax: 5000\n'
let bench: ReturnType<typeof sweepFolder>
beforeEach(() => {
  bench = sweepFolder()
})
afterEach(() => bench.remove())

async function problemsOf(parameters: string, base = {}, method = 'method: grid\n'): Promise<string> {
  try {
    await trialsOf(bench.folder, { text: `${method}parameters:\n${parameters}${REST}`, base })
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return (error as Error).message.replaceAll(bench.folder, '.')
  }
  throw new Error('not refused')
}

test('a grid tries every combination, the last parameter fastest, each with its whole configuration', async () => {
  const trials = await trialsOf(bench.folder, { base: { list: [7, 8] } })
  expect(trials.map(({ settings }) => settings)).toEqual([
    { a: 1, b: 1 },
    { a: 1, b: 2 },
    { a: 2, b: 1 },
    { a: 2, b: 2 },
    { a: 3, b: 1 },
    { a: 3, b: 2 },
  ])
  expect(trials.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5])
  expect(trials[3]?.config).toEqual({ a: 2, b: 2, list: [7, 8] })
})

test('paths lead into sections, sections left out, and lists; values may be lists', async () => {
  const text = `method: grid\nparameters:\n  risk.most: [50]\n  list.1: [9]\n  list.0: [1]\n${REST}`
  const [trial] = await trialsOf(bench.folder, { text, base: { list: [7, 8] } })
  expect(trial?.config).toEqual({ a: 1, b: 1, list: [1, 9], risk: { most: 50 } })
  const lists = await trialsOf(bench.folder, { text: `method: grid\nparameters:\n  list: [[1], [1, 2]]\n${REST}` })
  expect(lists.map(({ config }) => (config as { list: unknown }).list)).toEqual([[1], [1, 2]])
})

describe('random', () => {
  const draw = (seed: number, samples = 5) =>
    trialsOf(bench.folder, {
      text: `method: random\nseed: ${seed}\nsamples: ${samples}\nparameters: {a: [1, 2, 3], b: [1, 2, 3, 4]}\n${REST}`,
    })
  test('so many of the combinations, none twice, the same for the same seed', async () => {
    const trials = await draw(1)
    const seen = trials.map(({ settings }) => JSON.stringify(settings))
    expect(new Set(seen).size).toBe(5)
    expect((await draw(1)).map(({ key }) => key)).toEqual(trials.map(({ key }) => key))
    expect((await draw(2)).map(({ key }) => key)).not.toEqual(trials.map(({ key }) => key))
  })
  test('as many as there are: all of them', async () => expect(await draw(3, 12)).toHaveLength(12))
})

describe('a trial is known by all that its result depends on', () => {
  const keys = async (given: Parameters<typeof trialsOf>[1] = {}) =>
    (await trialsOf(bench.folder, given)).map(({ key }) => key)
  test('the same for the same; another for another value, configuration, data or code', async () => {
    const before = await keys()
    expect(new Set(before).size).toBe(6)
    expect(await keys()).toEqual(before)
    for (const given of [
      { base: { waitMs: 1 } },
      { identity: { code: '2' } },
      { identity: { code: '1', data: 'x' } },
    ]) {
      expect((await keys(given)).filter((key) => before.includes(key))).toEqual([])
    }
  })
  test('the order of keys does not matter', async () => {
    expect(await keys({ identity: { x: 1, y: { p: 1, q: 2 } } })).toEqual(
      await keys({ identity: { y: { q: 2, p: 1 }, x: 1 } }),
    )
  })
})

describe('refused, naming path, value and rule', () => {
  test.each([
    ['an unknown path', '  c: [1]\n', {}, 'sweep ./sweep.yaml: 1 problem\n  line 3: c: unknown key'],
    ['deep in a section', '  risk.worst: [1]\n', { risk: { most: 9 } }, 'line 3: risk.worst: unknown key'],
    ['through a number', '  a.x: [1]\n', {}, 'line 3: a.x: a is no section'],
    ['past a list', '  list.2: [1]\n', { list: [7, 8] }, 'line 3: list.2: list is a list of 2: 2 is no place in it'],
    ['what every list has', '  list.length: [0]\n', { list: [7] }, 'list is a list of 1: length is no place in it'],
    [
      'a value too large',
      '  b: [0]\n  a: [1, 101]\n',
      {},
      'line 4: a was 101: Too big: expected number to be <=100 (first number, count)',
    ],
    ['a value of another type', '  a: [yes]\n', {}, 'line 3: a was "yes": expected number'],
    [
      'a rule between two keys, broken by one',
      '  risk.most: [5, 1]\n',
      { a: 2 },
      'sweep ./sweep.yaml: 1 problem\n  a was 2: at most risk.most (first number, count) (with risk.most=1)',
    ],
  ])('%s', async (_name, parameters, base, expected) => {
    expect(await problemsOf(parameters, base)).toContain(expected)
  })

  test('many problems: the first ones, and how many more', async () => {
    const values = Array.from({ length: 30 }, (_, at) => 101 + at).join(', ')
    const said = await problemsOf(`  a: [${values}]\n`)
    expect(said).toContain('30 problems')
    expect(said).toContain('… and 10 more')
    expect(said.split('\n')).toHaveLength(22)
  })
})

describe('the file itself', () => {
  const refusal = (text: string): string => {
    try {
      writeSweep(bench.folder, text)
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
      return (error as Error).message
    }
    throw new Error('not refused')
  }
  const PARAMETERS = 'parameters: {a: [1, 2]}\n'
  test.each([
    [
      'samples of a grid',
      `${PARAMETERS}method: grid\nsamples: 1\n${REST}`,
      'line 3: samples was 1: of method random alone',
    ],
    ['no seed', `${PARAMETERS}method: random\nsamples: 1\n${REST}`, 'seed is missing'],
    [
      'more samples than there are',
      `${PARAMETERS}method: random\nsamples: 3\nseed: 1\n${REST}`,
      'samples was 3: at most the number of combinations, which is 2',
    ],
    ['a value twice', `parameters: {a: [1, 1]}\nmethod: grid\n${REST}`, 'each value once'],
    ['no values', `parameters: {a: []}\nmethod: grid\n${REST}`, 'at least one value'],
    ['no parameters', `parameters: {}\nmethod: grid\n${REST}`, 'name at least one parameter'],
    ['the mode', `parameters: {mode: [live]}\nmethod: grid\n${REST}`, 'every trial is a backtest'],
    ['no path', `parameters: {__proto__.x: [1]}\nmethod: grid\n${REST}`, 'its name is a path into the configuration'],
    ['an unknown key', `${PARAMETERS}method: grid\nspeed: 1\n${REST}`, 'line 3: speed: unknown key'],
    [
      'too many',
      `parameters: {a: [${[...Array(101).keys()]}], b: [${[...Array(100).keys()]}]}\nmethod: grid\n${REST}`,
      '10100 combinations, at most 10000',
    ],
  ])('%s', (_name, text, expected) => expect(refusal(text)).toContain(expected))
})
