const SIZE = 100_000

/** Files whose every byte tells which version they belong to. */
export function numberedFiles(number: number): ReadonlyMap<string, Uint8Array> {
  const file = () => new Uint8Array(SIZE).fill(number % 251)
  return new Map([
    ['model.onnx', file()],
    ['optimizer.bin', file()],
    ['manifest.json', file()],
  ])
}
