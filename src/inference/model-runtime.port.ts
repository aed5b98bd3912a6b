/** A loaded graph on one execution provider. Adapters: ONNX Runtime in this process, and in a thread of its own. */
export interface ModelSession {
  readonly provider: string
  /**
   * `input`: [batch, steps, features] row-major, left as it is. `stride`: values from the beginning of a window to that of the next, where
   * windows overlap; absent: they stand one behind the other. Returns each named output, row-major with `batch` rows. One run at a time.
   */
  run(input: Float32Array, batch: number, stride?: number): Promise<Readonly<Record<string, Float32Array>>>
  /** May be called while a run is under way, also one that hangs: nobody waits for it then. */
  release(): Promise<void>
}

export interface ModelRuntime {
  /** What `auto` tries here, best first. The last one is `cpu`, which always works. */
  readonly autoProviders: readonly string[]
  /** Loads `graph` (bytes of an ONNX file) on one provider and runs it once. Throws `InputError` when that does not work. */
  load(
    graph: Uint8Array,
    shape: { readonly steps: number; readonly features: number },
    provider: string,
  ): Promise<ModelSession>
}
