import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What came of some seconds of load. */
export interface Load {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly requests: number
  /** Answers that were not 2xx, and connections that broke or waited too long. */
  readonly failed: number
}

const REPORT = `
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"us":%d,"p50":%d,"p99":%d,"failed":%d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end`

/** Asks the same again and again from one thread of another process. Rejects where there is no \`wrk\`. */
export async function loadWithWrk({
  url,
  body,
  authorization,
  connections,
  seconds,
  dir,
}: {
  url: string
  body: string
  authorization: string
  connections: number
  seconds: number
  /** Where its script may lie. */
  dir: string
}): Promise<Load> {
  const script = join(dir, 'load.lua')
  const headers = { 'Content-Type': 'application/json', Authorization: authorization }
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = [[${value}]]`)
  await writeFile(script, ['wrk.method = "POST"', `wrk.body = [[${body}]]`, ...lines, REPORT].join('\n'))
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, url]
  const { stdout } = await run('wrk', args).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error('This benchmark needs `wrk` (Debian: apt-get install wrk).') : error
  })
  const found = /^RESULT (.*)$/m.exec(stdout)?.[1]
  if (found === undefined) throw new Error(`wrk said: ${stdout}`)
  const { requests, us, p50, p99, failed } = JSON.parse(found) as Record<
    'requests' | 'us' | 'p50' | 'p99' | 'failed',
    number
  >
  return { requestsPerSecond: requests / (us / 1e6), p50Ms: p50 / 1_000, p99Ms: p99 / 1_000, requests, failed }
}
