import { describe, expect, test } from 'vitest'
import { InputError, InvariantError } from '../../src/core/errors.ts'
import type { EngineTensor, GraphEngine, GraphSession } from '../../src/training/graph-engine.port.ts'
import { floats, modelFile, tensorProto, valueProto } from '../adapters/onnx/one-node-model.ts'

const tensor = (dims: readonly number[], values: readonly number[]): EngineTensor => ({
  dims,
  data: Float32Array.from(values),
})

const WEIGHTS = { name: 'weights', ...floats([2, 2], [1, 2, 3, 4]) }

/** `product` = x · weights + bias; `same` = x; `stored` = weights. x [batch, 2], bias [batch, 2]. */
const GRAPH = modelFile({
  input: [valueProto('x', 'float32', ['batch', 2]), valueProto('bias', 'float32', ['batch', 2])],
  output: [
    valueProto('product', 'float32', ['batch', 2]),
    valueProto('same', 'float32', ['batch', 2]),
    valueProto('stored', 'float32', [2, 2]),
  ],
  initializer: [tensorProto(WEIGHTS)],
  node: [
    { name: 'times', opType: 'MatMul', input: ['x', 'weights'], output: ['times'] },
    { name: 'plus', opType: 'Add', input: ['times', 'bias'], output: ['product'] },
    { name: 'same', opType: 'Identity', input: ['x'], output: ['same'] },
    { name: 'stored', opType: 'Identity', input: ['weights'], output: ['stored'] },
  ],
})

const X = tensor([1, 2], [1, 10])
const BIAS = tensor([1, 2], [0.5, -0.5])

/** A graph of one node from `x` of `type` to `y`, float32. */
const oneNode = (op: string, type: 'float32' | 'int64' = 'float32', domain = '') =>
  modelFile({
    input: [valueProto('x', type, [2])],
    output: [valueProto('y', type, [2])],
    node: [{ name: 'only', opType: op, domain, input: ['x'], output: ['y'] }],
  })

const thrown = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

interface BadFeed {
  readonly rule: string
  readonly feeds: Readonly<Record<string, EngineTensor>>
  /** Part of the message. */
  readonly names: string
}

const BAD_FEEDS: readonly BadFeed[] = [
  { rule: 'an input is missing', feeds: { x: X }, names: 'bias' },
  { rule: 'a name is unknown', feeds: { x: X, bias: BIAS, other: X }, names: 'other' },
  { rule: 'a size is another', feeds: { x: tensor([1, 3], [1, 2, 3]), bias: BIAS }, names: 'x [batch, 2]' },
  { rule: 'the rank is another', feeds: { x: tensor([2], [1, 2]), bias: BIAS }, names: 'dims were [2]' },
  { rule: 'a run-time size is no size', feeds: { x: tensor([-1, 2], [1, 2]), bias: BIAS }, names: 'x' },
  { rule: 'batch is 1 here and 2 there', feeds: { x: X, bias: tensor([2, 2], [1, 2, 3, 4]) }, names: 'bias' },
  { rule: 'values are too few', feeds: { x: tensor([1, 2], [1]), bias: BIAS }, names: 'hold 2 values' },
]

const REFUSED: readonly { readonly rule: string; readonly bytes: Uint8Array }[] = [
  { rule: 'no bytes', bytes: new Uint8Array() },
  { rule: 'bytes that are no file', bytes: Uint8Array.from({ length: 200 }, (_, at) => (at * 37) % 251) },
  { rule: 'half a file', bytes: GRAPH.slice(0, GRAPH.length / 2) },
  { rule: 'an operator that nobody knows', bytes: oneNode('Frobnicate') },
  { rule: 'an operator of another domain', bytes: oneNode('Relu', 'float32', 'org.example') },
  { rule: 'inputs that are not float32', bytes: oneNode('Neg', 'int64') },
]

/** What every `GraphEngine` keeps. */
export function graphEngineContract(title: string, make: () => GraphEngine): void {
  const using = async (work: (session: GraphSession) => Promise<void>): Promise<void> => {
    const session = await make().load(GRAPH)
    await work(session)
    await session.release()
  }

  describe(`GraphEngine contract: ${title}`, () => {
    test('answers every output by name', () =>
      using(async (session) => {
        expect(await session.run({ x: X, bias: BIAS })).toEqual({
          product: tensor([1, 2], [31.5, 41.5]),
          same: X,
          stored: tensor([2, 2], [1, 2, 3, 4]),
        })
      }))

    test('a run-time size may differ from run to run', () =>
      using(async (session) => {
        const x = tensor([3, 2], [1, 0, 0, 1, 1, 1])
        const { product } = await session.run({ x, bias: tensor([3, 2], [0, 0, 0, 0, 0, 0]) })
        expect(product).toEqual(tensor([3, 2], [1, 2, 3, 4, 4, 6]))
        const none = await session.run({ x: tensor([0, 2], []), bias: tensor([0, 2], []) })
        expect(none['product']).toEqual(tensor([0, 2], []))
      }))

    test('repeats bit for bit, outputs fed back as inputs', () =>
      using(async (session) => {
        const walk = async (): Promise<EngineTensor> => {
          let bias: EngineTensor = tensor([1, 2], [0.1, 0.2])
          for (let step = 0; step < 20; step += 1) {
            const { product } = await session.run({ x: tensor([1, 2], [0.3, -0.7]), bias })
            bias = product!
          }
          return bias
        }
        expect(await walk()).toEqual(await walk())
      }))

    test('an output is the caller’s: writing into it changes no feed and no later run', () =>
      using(async (session) => {
        const x = tensor([1, 2], [1, 10])
        const first = await session.run({ x, bias: BIAS })
        for (const { data } of Object.values(first)) data.fill(7)
        expect(x).toEqual(X)
        const again = await session.run({ x, bias: BIAS })
        expect(again['stored']).toEqual(tensor([2, 2], [1, 2, 3, 4]))
        expect(again['product']).toEqual(tensor([1, 2], [31.5, 41.5]))
      }))

    test('a feed may be written into after its run', () =>
      using(async (session) => {
        const x = tensor([1, 2], [1, 10])
        const { same, product } = await session.run({ x, bias: BIAS })
        x.data.fill(0)
        expect(same).toEqual(X)
        expect(product!.data[0]).toBe(31.5)
      }))

    test.each(BAD_FEEDS)('$rule -> InvariantError that names it', ({ feeds, names }) =>
      using(async (session) => {
        const error = await thrown(session.run(feeds))
        expect(error).toBeInstanceOf(InvariantError)
        expect((error as InvariantError).message).toContain(names)
      }),
    )

    test.each(REFUSED)('$rule -> InputError', async ({ bytes }) => {
      expect(await thrown(make().load(bytes))).toBeInstanceOf(InputError)
    })

    test('an unknown operator is named', async () => {
      expect(String(await thrown(make().load(oneNode('Frobnicate'))))).toContain('Frobnicate')
    })

    test('an operator that fails at run time is named', async () => {
      const session = await make().load(
        modelFile({
          input: [valueProto('x', 'float32', ['n']), valueProto('y', 'float32', ['m'])],
          output: [valueProto('z', 'float32', ['k'])],
          node: [{ name: 'sum', opType: 'Add', input: ['x', 'y'], output: ['z'] }],
        }),
      )
      const error = await thrown(session.run({ x: tensor([2], [1, 2]), y: tensor([3], [1, 2, 3]) }))
      expect(error).toBeInstanceOf(InvariantError)
      expect((error as InvariantError).message).toContain('Add')
      await session.release()
    })

    test('sessions do not share weights; releasing one leaves the other, and twice is once', async () => {
      const [first, second] = [await make().load(GRAPH), await make().load(GRAPH)]
      await first.release()
      await first.release()
      expect((await second.run({ x: X, bias: BIAS }))['product']).toEqual(tensor([1, 2], [31.5, 41.5]))
      await second.release()
    })

    test('a released session runs no more', async () => {
      const session = await make().load(GRAPH)
      await session.release()
      expect(await thrown(session.run({ x: X, bias: BIAS }))).toBeInstanceOf(InvariantError)
    })
  })
}
