// Does one large task in a process of its own.
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { openBenchWorkspace, project } from './bench-workspace.ts'
import type { LargeTask } from './large-task.ts'
import { model } from './large-version.ts'
import { type Sample, timed } from './measure.ts'
import { answerWithSample } from './measure-apart.ts'
import { promoteServed, serveSettled } from './served-promotion.ts'

const CHUNK_BYTES = 1024 * 1024

async function perform(task: LargeTask): Promise<Sample> {
  if (task.act === 'pass') return timed(() => pass(task.from, task.to))
  if (task.act === 'import') {
    const { client, close } = await serveSettled(task.workspace)
    return timed(() => promoteServed(client, task.uri)).finally(close)
  }
  const { client, close } = await openBenchWorkspace(task.workspace)
  const version = { project, model, body: { number: task.number } }
  return timed(() => client.exportModelVersion(version).then(() => {})).finally(close)
}

/** The limit: reads, hashes, writes and fsyncs once. While a chunk is written it is hashed, and the next one is read. */
async function pass(from: string, to: string): Promise<void> {
  const source = await open(from)
  const target = await open(to, 'wx')
  const sha256 = createHash('sha256')
  let [current, next] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)]
  let { bytesRead } = await source.read(current)
  while (bytesRead > 0) {
    const chunk = current.subarray(0, bytesRead)
    const [written, read] = [target.write(chunk), source.read(next)]
    sha256.update(chunk)
    await written
    bytesRead = (await read).bytesRead
    ;[current, next] = [next, current]
  }
  await target.sync()
  await Promise.all([source.close(), target.close()])
  sha256.digest()
}

if (import.meta.main) answerWithSample(perform)
