import { check } from '../../core/check.ts'
import type { Shape, StaticShape } from './shape.ts'
import { elementCount, sameShape, shapeText } from './shape.ts'

export type TensorType = 'float32' | 'int64' | 'bool'

/** A tensor in a graph under construction. Names are unique within it. */
export interface Value {
  readonly name: string
  readonly shape: Shape
  readonly type: TensorType
}

/** An integer, a list of integers, a text, a list of texts, or a real number. */
export type Attribute = number | readonly number[] | string | readonly string[] | { readonly float: number }
export type Attributes = Readonly<Record<string, Attribute>>

/** One operator application. `undefined` stands for an optional input that is left out. */
export interface GraphNode {
  readonly op: string
  readonly name: string
  readonly inputs: readonly (Value | undefined)[]
  readonly outputs: readonly Value[]
  readonly attributes: Attributes
}

/** A tensor stored in the file. */
export interface Initializer {
  readonly value: Value
  readonly data: Float32Array | BigInt64Array
}

/**
 * Vector–Jacobian product: from the gradients of a step's outputs (undefined: none flows back) to one thunk per input, called only where
 * that input's gradient is needed. An input without a thunk has no gradient.
 */
export type Pullback = (gradients: readonly (Value | undefined)[]) => readonly ((() => Value) | undefined)[]

/**
 * Several nodes that are differentiated as one, by a rule of their own. They take nothing computed outside but `inputs`, and nothing
 * outside takes what they compute but `outputs`: a gradient would be lost on the way.
 */
export interface Composite {
  readonly name: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly pullback: Pullback
}

/** Shape and type of an output to be made; float32 by default. */
export interface OutputSpec {
  readonly shape: Shape
  readonly type?: TensorType
}

/** Builds one ONNX graph. Wrong shapes and unknown values are bugs: `InvariantError` naming the operator. */
export interface Graph {
  readonly name: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly nodes: readonly GraphNode[]
  readonly initializers: readonly Initializer[]
  /** What `gradients` walks: nodes and composites, each after what it takes from. */
  readonly steps: readonly (GraphNode | Composite)[]
  /** A float32 input. */
  input(name: string, shape: Shape): Value
  /** Float32 tensor stored in the file. `values` row-major; all finite. */
  constant(name: string, values: ArrayLike<number>, shape: StaticShape): Value
  /** Float32 of shape []. Equal numbers share one tensor. */
  scalar(value: number): Value
  /** Int64 list, for shapes and axes. Equal lists share one tensor. */
  integers(values: readonly number[]): Value
  /** Applies an operator of the standard domain. The caller answers for the shapes. */
  apply(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly OutputSpec[],
    attributes?: Attributes,
  ): readonly Value[]
  /** Makes what `build` makes one step with its own gradient. */
  composite(
    name: string,
    inputs: readonly Value[],
    build: () => { readonly outputs: readonly Value[]; readonly pullback: Pullback },
  ): readonly Value[]
  /** Builds nodes that no gradient passes: gradients themselves, updates of weights. */
  untaped<T>(build: () => T): T
  /** Puts the names of what `build` makes under `name/`. */
  scope<T>(name: string, build: () => T): T
  /** Makes `value` an output under `name`. */
  output(name: string, value: Value): void
}

/** Values by name, each name used once. */
function valueTable() {
  const known = new Map<string, Value>()
  return {
    declare: (name: string, shape: Shape, type: TensorType = 'float32'): Value => {
      check(!known.has(name), 'name used once in a graph', name)
      const value = { name, shape, type }
      known.set(name, value)
      return value
    },
    checkKnown: (values: readonly (Value | undefined)[]): void => {
      const stranger = values.find((value) => value && known.get(value.name) !== value)
      check(stranger === undefined, 'value of this graph', stranger?.name)
    },
  }
}

/** What `gradients` walks. Keeps watch over what goes into and comes out of composites. */
function createTape() {
  const steps: (GraphNode | Composite)[] = []
  const taped = new Set<Value>()
  /** Inside composites. */
  const hidden = new Set<Value>()
  let taping = true
  const record = (step: GraphNode | Composite): void => {
    if (!taping) return
    const inner = step.inputs.find((input) => input && hidden.has(input))
    check(inner === undefined, 'value that its composite answers', inner?.name)
    for (const output of step.outputs) taped.add(output)
    steps.push(step)
  }
  return {
    steps,
    record,
    /** `nodes` are those of `composite`. */
    recordComposite: (composite: Composite, nodes: readonly GraphNode[]): void => {
      if (!taping) return
      const { name, inputs, outputs } = composite
      for (const node of nodes) {
        const stranger = node.inputs.find((input) => input && taped.has(input) && !inputs.includes(input))
        check(stranger === undefined, `input of composite ${name}`, stranger?.name)
        for (const output of node.outputs) if (!outputs.includes(output)) hidden.add(output)
      }
      record(composite)
    },
    untaped: <T>(build: () => T): T => {
      const before = taping
      taping = false
      try {
        return build()
      } finally {
        taping = before
      }
    },
  }
}

export function createGraph(graphName: string): Graph {
  const { declare, checkKnown } = valueTable()
  const { steps, record, recordComposite, untaped } = createTape()
  const shared = new Map<string, Value>()
  const inputs: Value[] = []
  const outputs: Value[] = []
  const nodes: GraphNode[] = []
  const initializers: Initializer[] = []
  let prefix = ''

  const store = (name: string, data: Initializer['data'], shape: StaticShape): Value => {
    const type = data instanceof Float32Array ? 'float32' : 'int64'
    check(data.length === elementCount(shape), `elements of ${name} for ${shapeText(shape)}`, data.length)
    const value = declare(name, shape, type)
    initializers.push({ value, data })
    return value
  }
  const sharing = (key: string, make: () => Value): Value => {
    const value = shared.get(key) ?? make()
    shared.set(key, value)
    return value
  }
  const scope = <T>(name: string, build: () => T): T => {
    const before = prefix
    prefix = `${prefix}${name}/`
    try {
      return build()
    } finally {
      prefix = before
    }
  }
  return {
    name: graphName,
    ...{ inputs, outputs, nodes, initializers, steps },
    input: (name, shape) => {
      const value = declare(name, shape)
      inputs.push(value)
      return value
    },
    constant: (name, values, shape) => store(`${prefix}${name}`, float32(name, values), shape),
    scalar: (number) =>
      sharing(`scalar_${number}`, () => store(`scalar_${shared.size}`, float32('scalar', [number]), [])),
    integers: (values) =>
      sharing(`integers_${values.join('_')}`, () =>
        store(`integers_${shared.size}`, BigInt64Array.from(values, BigInt), [values.length]),
      ),
    apply: (op, from, specs, attributes = {}) => {
      checkKnown(from)
      const name = `${prefix}${op.toLowerCase()}_${nodes.length}`
      const made = specs.map(({ shape, type }, i) => declare(i === 0 ? name : `${name}:${i}`, shape, type))
      const node = { op, name, inputs: from, outputs: made, attributes }
      nodes.push(node)
      record(node)
      return made
    },
    composite: (name, from, build) => {
      checkKnown(from)
      const first = nodes.length
      const composite = { name, inputs: from, ...scope(name, () => untaped(build)) }
      recordComposite(composite, nodes.slice(first))
      return composite.outputs
    },
    untaped,
    scope,
    output: (name, value) => {
      checkKnown([value])
      const named = declare(name, value.shape, value.type)
      nodes.push({ op: 'Identity', name, inputs: [value], outputs: [named], attributes: {} })
      outputs.push(named)
    },
  }
}

function float32(name: string, values: ArrayLike<number>): Float32Array {
  const data = Float32Array.from(values)
  const at = data.findIndex((value) => !Number.isFinite(value))
  check(at < 0, `finite float32 in ${name}`, values[at])
  return data
}

/** The one output of `op`. */
export function applyOne(
  graph: Graph,
  op: string,
  inputs: readonly (Value | undefined)[],
  shape: Shape,
  attributes?: Attributes,
): Value {
  return graph.apply(op, inputs, [{ shape }], attributes)[0]!
}

/** Throws where `value` has another shape than `shape`. `what` is named. */
export function expectShape(what: string, value: Value, shape: Shape): Value {
  check(sameShape(value.shape, shape), `${what}: shape ${shapeText(shape)} of ${value.name}`, shapeText(value.shape))
  return value
}
