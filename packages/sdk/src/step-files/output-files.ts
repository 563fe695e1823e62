import type { Json } from '@airlock-ml/contract'

/** An output that is in a file already, as its materializer wrote it in another process. */
export class MaterializedFile {
  readonly path: string
  readonly metadata: Readonly<Record<string, Json>>

  constructor(path: string, metadata: Readonly<Record<string, Json>>) {
    this.path = path
    this.metadata = metadata
  }
}

/** An output whose bytes are stored already. */
export class StoredOutput {
  readonly digest: string
  readonly metadata: Readonly<Record<string, Json>>

  constructor(digest: string, metadata: Readonly<Record<string, Json>>) {
    this.digest = digest
    this.metadata = metadata
  }
}
