import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { overseer, settingsOf, World } from './world.ts'

type Tree = { [key: string]: unknown }
type Path = readonly (string | number)[]

const settings = settingsOf({ conformal: { scoresMin: 20, scoresMax: 60 }, loss: { windowBars: 40, barsMin: 40 } })
const parts = { settings, horizonBars: 3 }
/** All that a state can hold: half-filled windows and full ones, forecasts under way, a cause that holds. */
function lived(): string {
  const oversight = overseer(parts)
  const world = new World(21, 3)
  for (let i = 0; i < 150; i += 1)
    oversight.step([world.next({ deviationBps: 10, saidBps: i > 60 ? 3 : 10, featureShift: 2 })])
  return JSON.stringify(oversight.state())
}
const STATE = lived()
const restored = (state: unknown) => overseer({ ...parts, state }).status().bars

/** The state with another value at `path`; undefined takes the key away. */
function damaged(path: Path, value: unknown): Tree {
  const state = JSON.parse(STATE) as Tree
  const holder = path.slice(0, -1).reduce<Tree>((tree, key) => tree[key] as Tree, state)
  const last = path.at(-1)!
  if (value !== undefined) holder[last] = value
  else if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else delete holder[last]
  return state
}

/** Every leaf and every branch; of long lists the first. */
function pathsOf(tree: unknown, at: Path = []): readonly Path[] {
  if (typeof tree !== 'object' || tree === null) return [at]
  const children = Object.entries(tree).slice(0, Array.isArray(tree) ? 1 : undefined)
  return [...(at.length > 0 ? [at] : []), ...children.flatMap(([key, child]) => pathsOf(child, [...at, key]))]
}

const paths = pathsOf(JSON.parse(STATE))
const NULLABLE = /^tracks\.[^.]+\.(endAt|mid)$|baselineBps$|thresholds\.\d+$/
/** Lists of any length up to their window. */
const OPEN = /(holding|pending|scores|values|blocks)\.\d+$/

describe('a state that was kept', () => {
  test('is taken up as it is', () => {
    expect(restored(JSON.parse(STATE))).toBe(150)
    expect(overseer({ ...parts, state: JSON.parse(STATE) }).state()).toEqual(JSON.parse(STATE))
    expect(paths.length).toBeGreaterThan(60)
  })

  test('is refused whatever number of it is not finite: JSON knows them as null', () => {
    for (const path of paths) {
      const refuses = () => restored(damaged(path, null))
      if (NULLABLE.test(path.join('.'))) expect(refuses, path.join('.')).not.toThrow()
      else expect(refuses, path.join('.')).toThrow(InputError)
    }
  })

  test('is refused whatever is missing of it, or is there beside it', () => {
    for (const path of paths) {
      if (OPEN.test(path.join('.'))) continue
      expect(() => restored(damaged(path, undefined)), path.join('.')).toThrow(InputError)
    }
    expect(() => restored(damaged(['more'], 1))).toThrow('state of oversight: ✖ Unrecognized key: "more"')
  })

  const symbol = 'BTC/USDT:USDT'
  const pending = ['tracks', symbol, 'pending']
  test.each<readonly [name: string, path: Path, value: unknown, why: RegExp]>([
    ['no object', [], 7, /expected object/],
    ['a cause that there is none of', ['holding', 0], 'bad luck', /holding\[0\]/],
    ['a window that is too long', ['scores', 'brier', 'values'], new Array(41).fill(1), /scores\.brier\.values/],
    ['a place outside of the window', ['scores', 'brier', 'next'], 40, /scores\.brier\.next/],
    ['a gap in a window that fills', ['inputs', 'outliers', 'next'], 151, /behind the last value/],
    ['more scores than are kept', ['intervals', 0, 'scores'], new Array(61).fill(1), /intervals\[0\]\.scores/],
    ['half a count', ['inputs', 'drift', 'filling', 0], 0.5, /inputs\.drift\.filling\[0\]/],
    ['a block that was full', ['inputs', 'drift', 'rows'], 50, /inputs\.drift\.rows/],
    ['an outcome that has come already', [...pending, 0, 'dueBar'], 150, /due one after another/],
    ['one beyond the horizon', [...pending, 2, 'dueBar'], 154, /due one after another/],
    ['a price below 0', ['tracks', symbol, 'mid'], -1, /mid/],
    ['a hold longer than any', ['scores', 'changeBarsLeft'], 501, /scores\.changeBarsLeft/],
  ])('is refused for %s', (_name, path, value, why) => {
    expect(() => restored(path.length === 0 ? value : damaged(path, value))).toThrow(why)
  })

  test('of another model is left aside, whatever its shape', () => {
    expect(restored({ key: 'another', bars: 'many' })).toBe(0)
    expect(() => restored({ bars: 3 })).toThrow(/state of oversight: .*[\s\S]*key/)
  })
})
