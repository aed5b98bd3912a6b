/** Row-major float32. */
export interface EngineTensor {
  readonly dims: readonly number[]
  readonly data: Float32Array
}

/** A loaded graph of float32 inputs and outputs. */
export interface GraphSession {
  /** Execution provider or backend that computes, e.g. `cpu`, `cuda`, `tensorflow`. */
  readonly provider: string
  /** `feeds`: every input by name. Answers every output by name. */
  run(feeds: Readonly<Record<string, EngineTensor>>): Promise<Readonly<Record<string, EngineTensor>>>
  release(): Promise<void>
}

/** Runs graphs for training. Adapters: ONNX Runtime, TensorFlow.js. */
export interface GraphEngine {
  readonly name: 'onnx' | 'tfjs'
  /** `graph`: bytes of an ONNX file. Throws `InputError` when it cannot be loaded. */
  load(graph: Uint8Array): Promise<GraphSession>
}
