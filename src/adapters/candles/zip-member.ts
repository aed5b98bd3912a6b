import { InputError } from '../../core/errors.ts'

/** PKWARE APPNOTE 6.3: end of central directory, central header, local header. */
const END_SIGNATURE = 0x06054b50
const CENTRAL_SIGNATURE = 0x02014b50
const LOCAL_SIGNATURE = 0x04034b50
const END_BYTES = 22
const COMMENT_MAX = 65_535
const STORED = 0
const DEFLATED = 8

/** The compressed bytes of the only file in an archive, as Binance publishes them. Throws `InputError` for any other archive. */
export function zipMember(file: string, bytes: Uint8Array): { bytes: Uint8Array; isDeflated: boolean } {
  const bad = (rule: string): InputError => new InputError(`${file}: ${rule}`, { file })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endOf(view)
  if (end === undefined) throw bad('this zip archive is cut off or damaged')
  const members = view.getUint16(end + 10, true)
  if (members !== 1) throw bad(`it is a zip archive of ${members} files; one is due`)
  try {
    const central = view.getUint32(end + 16, true)
    const method = view.getUint16(central + 10, true)
    const size = view.getUint32(central + 20, true)
    const local = view.getUint32(central + 42, true)
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    const isIntact =
      view.getUint32(central, true) === CENTRAL_SIGNATURE &&
      view.getUint32(local, true) === LOCAL_SIGNATURE &&
      from + size <= central &&
      (method === STORED || method === DEFLATED)
    if (!isIntact) throw bad('this zip archive is damaged or of a kind that is not read')
    return { bytes: bytes.subarray(from, from + size), isDeflated: method === DEFLATED }
  } catch (thrown) {
    throw thrown instanceof RangeError ? bad('this zip archive is cut off or damaged') : thrown
  }
}

function endOf(view: DataView): number | undefined {
  const last = view.byteLength - END_BYTES
  for (let at = last; at >= Math.max(0, last - COMMENT_MAX); at -= 1) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at
  }
  return undefined
}
