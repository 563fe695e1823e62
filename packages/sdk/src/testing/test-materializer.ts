import { isDeepStrictEqual } from 'node:util'
import type { Artifact, ValueOf } from '../define/artifact.ts'
import { materializers } from '../materializers/materializers.ts'
import { showValue } from '../show-value.ts'

/** How a materializer is tested. */
export interface TestMaterializerOptions<Value> {
  /** Whether a value came back. Default: deeply equal, as `isDeepStrictEqual` of Node has it. */
  readonly equal?: (written: Value, read: Value) => boolean
}

/**
 * Tests that each value comes back as it was written, from bytes that are the same each time, and as a value of its own.
 * Answers with the size of each in bytes. Rejects with what did not hold, and for which value.
 *
 * @example
 * test('a label map comes back', () => testMaterializer(labelMap, [new Map(), new Map([['benign', 0]])]))
 */
export async function testMaterializer<A extends Artifact>(
  artifact: A,
  values: readonly ValueOf<A>[],
  { equal = isDeepStrictEqual }: TestMaterializerOptions<ValueOf<A>> = {},
): Promise<number[]> {
  const materializer = materializers[artifact.type]
  const kind = artifact.codec?.kind ?? artifact.type
  const sizes: number[] = []
  for (const [at, value] of values.entries()) {
    const what = `Value ${at} (${showValue(value)}) of ${kind}`
    const options = { artifact, what }
    const { bytes } = await materializer.write(value, options)
    const read = async () => (await materializer.read(bytes.slice(), options)) as ValueOf<A>
    const back = await read()
    if (!equal(value, back))
      throw new Error(`${what} did not come back: read was ${showValue(back)}, which is not equal.`)
    if (typeof back === 'object' && back !== null && back === (await read())) {
      throw new Error(`${what} is read as the same object twice, so that what one step changes reaches another.`)
    }
    const again = await materializer.write(back, options)
    if (!isDeepStrictEqual(again.bytes, bytes)) {
      throw new Error(`${what} has other bytes when it is written again, so that equal values have different digests.`)
    }
    sizes.push(bytes.byteLength)
  }
  return sizes
}
