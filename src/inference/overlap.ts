/** From the first value of the first window to the last value of the last one. */
export interface Overlap {
  readonly values: Float32Array
  /** Values from the beginning of a window to that of the next, > 0. */
  readonly stride: number
}

/**
 * Windows of one length that begin at equal distances in the same memory, which threads share: it can be handed on as it is. Undefined
 * where they do not.
 */
export function overlap(windows: readonly Float32Array[]): Overlap | undefined {
  const [first, second] = windows
  if (!first || !second || !(first.buffer instanceof SharedArrayBuffer)) return undefined
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT } = first
  const strideBytes = second.byteOffset - byteOffset
  if (strideBytes <= 0) return undefined
  for (const [at, window] of windows.entries()) {
    const isNext = window.byteOffset === byteOffset + at * strideBytes && window.length === length
    if (window.buffer !== buffer || !isNext) return undefined
  }
  const stride = strideBytes / BYTES_PER_ELEMENT
  return { values: new Float32Array(buffer, byteOffset, (windows.length - 1) * stride + length), stride }
}
