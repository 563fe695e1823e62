import type { ArtifactType, Json } from '@airlock-ml/contract'
import type { Artifact } from '../define/artifact.ts'

/** Bytes to store, and facts about them. */
export interface Materialized {
  readonly bytes: Uint8Array
  readonly metadata: Readonly<Record<string, Json>>
}

/** How values of one artifact type become bytes, and bytes become values again. */
export interface Materializer {
  readonly type: ArtifactType
  /** Throws, beginning with `what`, for a value that is not of the type. */
  write(value: unknown, options: { artifact: Artifact; what: string }): Promise<Materialized>
  /** Makes a new value each time, so that no two readers share one. */
  read(bytes: Uint8Array, options: { artifact: Artifact; what: string }): Promise<unknown>
}
