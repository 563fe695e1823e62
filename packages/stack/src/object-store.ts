/**
 * Bytes as they come. Iterated, each chunk belongs to the reader; any async iterable of bytes will do.
 *
 * A body that also has `lend` can hand out its own memory instead: it calls `use` for each chunk in turn and may fill the
 * chunk anew once `use` is done. That keeps memory flat and is twice as fast for large files; `eachChunk` takes it where
 * it is there.
 */
export type Body = AsyncIterable<Uint8Array> & {
  lend?: (use: (chunk: Uint8Array) => void | Promise<void>) => Promise<void>
}

/** One object, or with `isRegular: false` a link or special file that stands in its place and cannot be read. */
export type ObjectInfo = { key: string; sizeBytes: number; isRegular: boolean }

/** How an object is written. */
export type WriteOptions = {
  /** The SHA-256 the bytes must have, hex. With other bytes nothing is kept. Default: any bytes. */
  sha256?: string
  /** Keep an object that is there already, and answer `written: false`. Default: replace it. */
  ifAbsent?: boolean
}

/** What came of a write: digest (hex) and size of the body, and whether it became the object. */
export type Written = { sha256: string; sizeBytes: number; written: boolean }

/** What a write that was cut off has left: never an object, only space. */
export type AbandonedWrite = { name: string; sizeBytes: number; ageMs: number }

/**
 * Where bytes are kept: the artifact store of a workspace, and the exchange between two.
 *
 * Keys are plain lower-case names joined by `/` (`a-z`, `0-9`, `_`, `-`, and dots inside a name). An object is whole or
 * absent at every moment, also after a kill or a power cut: when `write` or `adopt` returns, the bytes and their name are
 * on the medium. Of two writers of one key the last wins, unless both say `ifAbsent`: then the first does. A store is
 * not believed: who needs certain bytes hashes what it reads.
 *
 * Every failure is an `ObjectStoreError`; errors of a body that is being written pass through as they are.
 * `local/object-store.ts` is the worked example: one folder, a file an object.
 */
export interface ObjectStore {
  /** Begins the URI of each of its objects, without a slash at the end: `file:///srv/exchange`. */
  readonly uri: string
  /**
   * The object's bytes in large chunks. Fails early with `not_found` or `not_a_file`. Nothing is held open until the
   * first chunk is asked for.
   */
  read(key: string): Promise<Body>
  /**
   * The bytes of an object from `from` up to and without `to`, fewer where it ends before. Whoever needs part of a large
   * object has digests of its parts. Fails as `read` does.
   */
  readRange(key: string, range: { from: number; to: number }): Promise<Uint8Array>
  /** Stores a body, hashing it on the way. Fails with `digest_mismatch` or `full`, and then leaves nothing. */
  write(key: string, body: Body, options?: WriteOptions): Promise<Written>
  /**
   * Takes over a local file, without copying it where the store can: afterwards the file is gone from where it was, also
   * when `ifAbsent` kept an older object. The bytes are not hashed: give only files that were, in a private folder.
   */
  adopt(key: string, localFile: string, options?: { ifAbsent?: boolean }): Promise<{ written: boolean }>
  /** Size of an object, or null when there is none. */
  stat(key: string): Promise<ObjectInfo | null>
  /**
   * Everything below a folder (`''` or a key with `/` at the end), in no particular order, also what no key could name.
   * Nothing for a folder that does not exist.
   */
  list(prefix: string): AsyncIterable<ObjectInfo>
  /** Removes an object. Removing what is not there is no error. */
  delete(key: string): Promise<void>
  /** How long ago an object's bytes were written, in milliseconds by the store's clock; null when there is none. */
  ageMs(key: string): Promise<number | null>
  /** Writes that were begun and not touched for `olderThanMs`: their process died. */
  listAbandoned(olderThanMs: number): Promise<AbandonedWrite[]>
  /** Removes one of them, if it is still that old; else answers false. */
  removeAbandoned(name: string, olderThanMs: number): Promise<boolean>
}
