import { ByteBuffer } from 'flatbuffers'

const { __vector_len: statedLength } = ByteBuffer.prototype

/**
 * apache-arrow reads its headers by FlatBuffers without verifying them: one damaged count makes it look for two thousand million entries,
 * for half a minute. Imported before it reads, this refuses a vector that is longer than the bytes there are.
 */
ByteBuffer.prototype.__vector_len = function (this: ByteBuffer, offset: number): number {
  const length = statedLength.call(this, offset)
  if (length >= 0 && length <= this.capacity()) return length
  throw new RangeError(`its header counts ${length} entries in ${this.capacity()} bytes`)
}
