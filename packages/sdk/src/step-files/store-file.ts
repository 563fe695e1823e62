import { createReadStream, openAsBlob } from 'node:fs'
import { hashBody } from '@airlock-ml/stack'
import type { RunSession } from '../run/run-session.ts'
import { storeBytes } from '../run/write-outputs.ts'
import { type MaterializedFile, StoredOutput } from './output-files.ts'

/** Stores a file in chunks, never held whole. */
export async function storeFile(session: RunSession, { path, metadata }: MaterializedFile): Promise<StoredOutput> {
  const { sha256 } = await hashBody(createReadStream(path))
  await storeBytes(session, sha256, await openAsBlob(path))
  return new StoredOutput(sha256, metadata)
}
