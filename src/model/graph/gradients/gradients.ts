import { check } from '../../../core/check.ts'
import type { Composite, Graph, GraphNode, Value } from '../graph.ts'
import { add } from '../ops/elementwise.ts'
import { expand } from '../ops/layout.ts'
import { elementCount, sameShape, shapeText, staticShape } from '../shape.ts'
import { elementwiseRules } from './elementwise-rules.ts'
import { layoutRules } from './layout-rules.ts'
import { matrixRules } from './matrix-rules.ts'
import { reduceRules } from './reduce-rules.ts'
import type { GradientRules } from './rule.ts'

type Step = GraphNode | Composite

const RULES: GradientRules = { ...elementwiseRules, ...layoutRules, ...matrixRules, ...reduceRules }

/**
 * Gradients of the scalar `loss` with regard to each of `wrt`, as nodes added to `graph`: reverse-mode differentiation (Griewank and
 * Walther 2008, ch. 3). Shapes on the way must be known when built. A value that `loss` does not depend on is a bug, and so is an
 * operator on the way that has no rule.
 */
export function gradients(graph: Graph, loss: Value, wrt: readonly Value[]): readonly Value[] {
  check(elementCount(loss.shape) === 1, 'scalar loss', shapeText(loss.shape))
  return graph.untaped(() =>
    graph.scope('gradients', () => {
      const active = activeValues(graph.steps, wrt)
      const found = new Map<Value, Value>([[loss, expand(graph, graph.scalar(1), staticShape(loss.shape))]])
      for (const step of graph.steps.toReversed()) pullBack(graph, step, active, found)
      return wrt.map((value) => {
        const gradient = found.get(value)
        check(gradient !== undefined, 'loss that depends on the value', value.name)
        return gradient!
      })
    }),
  )
}

/** All values that depend on one of `wrt`. */
function activeValues(steps: readonly Step[], wrt: readonly Value[]): ReadonlySet<Value> {
  const active = new Set(wrt)
  for (const { inputs, outputs } of steps) {
    if (inputs.some((input) => input && active.has(input))) for (const output of outputs) active.add(output)
  }
  return active
}

function pullBack(graph: Graph, step: Step, active: ReadonlySet<Value>, found: Map<Value, Value>): void {
  const d = step.outputs.map((output) => found.get(output))
  if (d.every((gradient) => gradient === undefined)) return
  if (!step.inputs.some((input) => input && active.has(input))) return
  const thunks = thunksOf(graph, step, d)
  for (const [i, input] of step.inputs.entries()) {
    if (!input || !active.has(input)) continue
    const thunk = thunks[i]
    check(thunk !== undefined, `${step.name}: gradient of an input that has one`, input.name)
    accumulate(graph, found, input, thunk!())
  }
}

function thunksOf(graph: Graph, step: Step, d: readonly (Value | undefined)[]): readonly ((() => Value) | undefined)[] {
  if (!('op' in step)) return step.pullback(d)
  const rule = RULES[step.op]
  check(rule !== undefined, 'operator with a gradient', step.op)
  return rule!(graph, step, d)
}

function accumulate(graph: Graph, found: Map<Value, Value>, value: Value, gradient: Value): void {
  const rule = `gradient of ${value.name}, shape ${shapeText(value.shape)}`
  check(sameShape(gradient.shape, value.shape), rule, shapeText(gradient.shape))
  const before = found.get(value)
  found.set(value, before === undefined ? gradient : add(graph, before, gradient))
}
