import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml'

const DEPTH_MAX = 32

/** A path into the file, as zod reports it. */
export type KeyPath = readonly PropertyKey[]

/** One thing wrong with the file. `line` counts from 1. */
export interface Problem {
  readonly line: number | undefined
  readonly text: string
}

export interface ParsedYaml {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Line of the key at `path`, or of the nearest thing around it that exists. */
  lineOf(path: KeyPath): number | undefined
}

/** YAML 1.2, one document, each key once, no aliases (they hide what a file says). */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    line: lines.linePos(pos[0]).line,
    text: message.split('; please use')[0] ?? message, // Advice for programmers, not for users.
  }))
  return {
    value: problems.length > 0 ? undefined : toValue(document, problems),
    problems,
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const offset = offsetOf(document, path.slice(0, length))
        if (offset !== undefined) return lines.linePos(offset).line
      }
      return undefined
    },
  }
}

function toValue(document: Document, problems: Problem[]): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 0 })
    if (depthOf(value, 0) <= DEPTH_MAX) return value
    problems.push({ line: undefined, text: `nested deeper than ${DEPTH_MAX} levels` })
  } catch {
    problems.push({ line: undefined, text: 'anchors and aliases are not allowed' })
  }
  return undefined
}

function depthOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return depth
  return Math.max(depth, ...Object.values(value).map((inner) => depthOf(inner, depth + 1)))
}

/** Where the key at `path` begins: of a map entry its key, of a list entry the entry. */
function offsetOf(document: Document, path: KeyPath): number | undefined {
  const key = path.at(-1)
  const holder: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (isMap(holder)) {
    const pair = holder.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(key))
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined
  }
  const node: unknown = document.getIn(path, true)
  return isNode(node) ? node.range?.[0] : undefined
}
