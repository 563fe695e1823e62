import { setTimeout as sleep } from 'node:timers/promises'
import { bodyOf, type ObjectInfo, type ObjectStore, ObjectStoreError, readWhole } from '@airlock-ml/stack'

/**
 * What may go wrong with one call: an error, an error after it was done, slow, cut off, done twice, or an answer that is
 * older than one given before.
 */
export type Fault = 'error' | 'lost answer' | 'slow' | 'cut off' | 'twice' | 'older'

const SLOW_MS = 30
const MAX_BYTES = 64 * 1024 * 1024
const wholeOf = async (body: AsyncIterable<Uint8Array>) =>
  Buffer.from(await readWhole(body, MAX_BYTES, () => new Error('too long')))

/** A real store that a fault befalls whenever `faultOf` says so; it is asked once a call, with the calls counted. */
export function faultyStore(inner: ObjectStore, faultOf: (call: number) => Fault | null): ObjectStore {
  let calls = 0
  const listedBefore = new Map<string, ObjectInfo[]>()
  const readBefore = new Map<string, Buffer>()
  const away = (key: string) =>
    new ObjectStoreError('unreachable', 'The store answers with an error.', { storeUri: inner.uri, key })
  async function befall<T>(key: string, call: (fault: Fault | null) => Promise<T>): Promise<T> {
    const fault = faultOf(++calls)
    if (fault === 'error') throw away(key)
    if (fault === 'slow') await sleep(SLOW_MS)
    if (fault === 'twice') await call(fault).catch(() => {})
    const answer = await call(fault)
    if (fault === 'lost answer') throw away(key)
    return answer
  }
  return {
    uri: inner.uri,
    read: (key) =>
      befall(key, async (fault) => {
        const before = readBefore.get(key)
        if (fault === 'older' && before) return bodyOf(before)
        if (fault === 'older') throw new ObjectStoreError('not_found', 'Not there yet.', { storeUri: inner.uri, key })
        const bytes = await wholeOf(await inner.read(key))
        readBefore.set(key, bytes)
        return bodyOf(fault === 'cut off' ? bytes.subarray(0, bytes.byteLength / 2) : bytes)
      }),
    readRange: (key, range) =>
      befall(key, async (fault) => {
        const bytes = await inner.readRange(key, range)
        return fault === 'cut off' ? bytes.subarray(0, bytes.byteLength / 2) : bytes
      }),
    write: async (key, body, options) => {
      const bytes = await wholeOf(body)
      return befall(key, () => inner.write(key, bodyOf(bytes), options))
    },
    adopt: (key, file, options) => befall(key, () => inner.adopt(key, file, options)),
    stat: (key) => befall(key, async (fault) => (fault === 'older' ? null : inner.stat(key))),
    async *list(prefix) {
      const found = await befall(prefix, async (fault) => {
        const before = listedBefore.get(prefix) ?? []
        if (fault === 'older') return before
        const now: ObjectInfo[] = []
        for await (const info of inner.list(prefix)) now.push(info)
        listedBefore.set(prefix, now)
        if (fault === 'cut off') return now.slice(0, now.length / 2)
        return fault === 'twice' ? [...now, ...now] : now
      })
      yield* found
    },
    delete: (key) => befall(key, () => inner.delete(key)),
    ageMs: (key) => inner.ageMs(key),
    listAbandoned: (olderThanMs) => inner.listAbandoned(olderThanMs),
    removeAbandoned: (name, olderThanMs) => inner.removeAbandoned(name, olderThanMs),
  }
}
