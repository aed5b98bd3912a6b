/** A loaded graph. Adapter: ONNX Runtime. */
export interface ModelSession {
  readonly provider: string
  /** `input`: [batch, steps, features] row-major. Returns each named output, row-major with `batch` rows. */
  run(input: Float32Array, batch: number): Promise<Readonly<Record<string, Float32Array>>>
  release(): Promise<void>
}

export interface ModelRuntime {
  /** Loads `graph` (bytes of an ONNX file) on `provider`, or on the best that works when `auto`. Throws `InputError` when none does. */
  load(
    graph: Uint8Array,
    shape: { readonly steps: number; readonly features: number },
    provider: string,
  ): Promise<ModelSession>
}
