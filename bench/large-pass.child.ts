// Does one large task in a process of its own, so that its time and peak memory are its own too: the parent sends the
// task and gets a sample back.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { openBenchWorkspace } from './bench-workspace.ts'
import type { LargeTask } from './large-task.ts'
import { model, project } from './large-version.ts'
import { type Sample, timed } from './measure.ts'

const CHUNK_BYTES = 1024 * 1024

async function perform(task: LargeTask): Promise<Sample> {
  if (task.act === 'pass') return timed(() => pass(task.from, task.to))
  const { workspace, client, close } = await openBenchWorkspace(task.workspace)
  const sample = await timed(async () => {
    if (task.act === 'export') {
      await client.exportModelVersion({ project, model, body: { number: task.number } })
      return
    }
    const { id } = await client.requestPromotion({ project, body: { model, bundle: { uri: task.uri } } })
    await workspace.advance(id)
    const { state, refusal } = await client.showPromotion({ project, promotionId: id })
    if (state !== 'completed') throw new Error(`The promotion is ${state}: ${refusal?.message}`)
  })
  await close()
  return sample
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

/** The most this process has held since its start; `resourceUsage` would count what the parent held before, too. */
function peakBytes(): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(statusOfProcess()) ?? []
  return (kib === undefined ? process.resourceUsage().maxRSS : Number(kib)) * 1024
}

function statusOfProcess(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}

if (import.meta.main) {
  process.once('message', async (task: LargeTask) => {
    const { ms } = await perform(task)
    process.send?.({ ms, peakBytes: peakBytes() } satisfies Sample, () => process.disconnect())
  })
}
