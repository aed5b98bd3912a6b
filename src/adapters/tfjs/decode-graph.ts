import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { InputError, messageOf } from '../../core/errors.ts'
import type { AttributeValue } from './attributes.ts'
import { decodeTensor, type StoredTensor } from './decode-tensor.ts'

/** The operator set whose meaning the interpreter follows. */
const OPSET = 17

export interface DecodedValue {
  readonly name: string
  /** Sizes, or names of sizes known at run time. */
  readonly shape: readonly (number | string)[]
  readonly float32: boolean
}

export interface DecodedNode {
  readonly op: string
  readonly name: string
  /** Names of values; empty: left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, AttributeValue>
}

export interface DecodedGraph {
  /** What must be fed. */
  readonly inputs: readonly DecodedValue[]
  readonly outputs: readonly DecodedValue[]
  readonly initializers: ReadonlyMap<string, StoredTensor>
  /** Each after those it takes from. */
  readonly nodes: readonly DecodedNode[]
}

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx
const { AttributeType } = AttributeProto

/** Reads an ONNX file. What is no whole, sound graph of opset 17 is refused by `InputError`. */
export function decodeGraph(bytes: Uint8Array): DecodedGraph {
  const { opsetImport, graph } = decodeModel(bytes)
  const opset = opsetImport?.find(({ domain }) => !domain)?.version
  if (Number(opset) !== OPSET) throw new InputError(`graph opset was ${opset}; it must be ${OPSET}`)
  const initializers = new Map((graph?.initializer ?? []).map((tensor) => [tensor.name ?? '', decodeTensor(tensor)]))
  const decoded: DecodedGraph = {
    inputs: (graph?.input ?? []).filter(({ name }) => !initializers.has(name ?? '')).map(decodeValue),
    outputs: (graph?.output ?? []).map(decodeValue),
    initializers,
    nodes: (graph?.node ?? []).map(decodeNode),
  }
  checkNames(decoded)
  return decoded
}

function decodeModel(bytes: Uint8Array): onnx.IModelProto {
  try {
    return ModelProto.decode(bytes)
  } catch (error) {
    throw new InputError(`graph was no whole ONNX file: ${messageOf(error)}`, {}, error)
  }
}

function decodeValue({ name, type }: onnx.IValueInfoProto): DecodedValue {
  const { elemType, shape } = type?.tensorType ?? {}
  return {
    name: name ?? '',
    shape: (shape?.dim ?? []).map(({ dimValue, dimParam }) => dimParam || Number(dimValue) || ''),
    float32: elemType === TensorProto.DataType.FLOAT,
  }
}

function decodeNode({ opType, name, domain, input, output, attribute }: onnx.INodeProto): DecodedNode {
  if (domain) throw new InputError(`node ${name} (${opType}): domain was ${domain}; only the standard one is known`)
  return {
    op: opType ?? '',
    name: name ?? '',
    inputs: input ?? [],
    outputs: output ?? [],
    attributes: new Map((attribute ?? []).map((one) => [one.name ?? '', decodeAttribute(one, `${opType} ${name}`)])),
  }
}

const text = (bytes: Uint8Array | null | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array())

function decodeAttribute(attribute: onnx.IAttributeProto, node: string): AttributeValue {
  switch (attribute.type) {
    case AttributeType.FLOAT:
      return attribute.f ?? 0
    case AttributeType.INT:
      return Number(attribute.i)
    case AttributeType.STRING:
      return text(attribute.s)
    case AttributeType.FLOATS:
      return attribute.floats ?? []
    case AttributeType.INTS:
      return (attribute.ints ?? []).map(Number)
    case AttributeType.STRINGS:
      return (attribute.strings ?? []).map(text)
    default:
      throw new InputError(`node ${node}: attribute ${attribute.name} must hold numbers or texts`)
  }
}

/** Every name is made once, before it is taken. */
function checkNames({ inputs, outputs, initializers, nodes }: DecodedGraph): void {
  const known = new Set([...inputs.map(({ name }) => name), ...initializers.keys()])
  const needs = (name: string, where: string) => {
    if (!known.has(name)) throw new InputError(`${where} takes ${name}, which nothing before it makes`, { name })
  }
  for (const node of nodes) {
    const where = `node ${node.op} ${node.name}`
    for (const name of node.inputs) if (name !== '') needs(name, where)
    for (const name of node.outputs) {
      if (name !== '' && known.has(name)) throw new InputError(`${where} makes ${name} a second time`, { name })
      known.add(name)
    }
  }
  for (const { name } of outputs) needs(name, 'the graph’s output')
  if (outputs.length === 0) throw new InputError('graph had no outputs')
}
