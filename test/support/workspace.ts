import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { CANARIES } from './program.ts'

type Tree = { [key: string]: unknown }

/** A folder of one test: its config copies and its state. */
export interface Workspace {
  readonly dir: string
  readonly state: string
  /** Copy of `config/<name>.yaml` with this state folder, an absolute model path and `changes` laid over; returns its path. */
  config(name: string, changes?: Tree): string
  /** Where the demo's exchange runs; undefined when no port file is there. */
  exchange(): { readonly port: number; readonly pid: number } | undefined
  /** Texts of CANARIES found in any file of the state folder. */
  leaks(): readonly string[]
  /** Ends an exchange that was left running, and removes the folder. */
  remove(): void
}

export function workspace(): Workspace {
  const dir = mkdtempSync(join(tmpdir(), 'tickwright-e2e-'))
  const state = join(dir, 'state')
  const portFile = join(state, 'demo-exchange.json')
  let copies = 0
  const exchange = () =>
    existsSync(portFile)
      ? (JSON.parse(readFileSync(portFile, 'utf8')) as { readonly port: number; readonly pid: number })
      : undefined
  return {
    dir,
    state,
    config(name, changes = {}) {
      const config = parse(readFileSync(`config/${name}.yaml`, 'utf8')) as Tree
      const own = { state: { dir: state }, model: { path: resolve('models/demo') } }
      copies += 1
      const file = join(dir, `${name}-${copies}.yaml`)
      writeFileSync(file, stringify(overlay(overlay(config, own), changes)))
      return file
    },
    exchange,
    leaks() {
      if (!existsSync(state)) return []
      const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      return files.flatMap(({ parentPath, name }) => {
        const text = readFileSync(join(parentPath, name), 'latin1')
        return Object.values(CANARIES).filter((canary) => text.includes(canary))
      })
    },
    remove() {
      const left = exchange()
      if (left) {
        try {
          process.kill(left.pid, 'SIGKILL')
        } catch {
          // It has ended by itself.
        }
      }
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Maps are merged, everything else is replaced; undefined takes a key away. */
function overlay(base: Tree, changes: Tree): Tree {
  const result = { ...base }
  for (const [key, value] of Object.entries(changes)) {
    const before = result[key]
    if (value === undefined) delete result[key]
    else result[key] = isTree(before) && isTree(value) ? overlay(before, value) : value
  }
  return result
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Costs are expected to be nothing, and every change of the target is followed. */
export const EAGER_POLICY = { enterEdgeBps: 0, slippageBps: 0, bandFraction: 0 }

/** Trades at nearly every bar. */
export const EAGER: Tree = {
  policy: EAGER_POLICY,
  venue: { makerFeeRate: 0, takerFeeRate: 0 },
}

/** Columns that look back as little as may be: the first forecast comes soon. */
export const SHORT_FEATURES = { flowPeriods: [2], returnPeriods: [1], volatilityPeriods: [2], volumePeriod: 2 }

/** EAGER, and no trainer beside it: a second process as heavy as the daemon, for tests that do not look at it. */
export const EAGER_ALONE: Tree = { ...EAGER, trainer: undefined }
