// Asks for predictions from one thread of its own, each connection one at a time, until the parent sends the moments
// around which to look; then it tells what came of it.
import { connect } from 'node:net'
import type { LoadTask, TimedLoad } from './timed-load.ts'

const SECOND_MS = 1_000

class Times {
  ends = new Float64Array(1_000_000)
  latencies = new Float64Array(1_000_000)
  count = 0
  failed = 0

  add(endMs: number, latencyMs: number): void {
    if (this.count === this.ends.length) {
      this.ends = grown(this.ends)
      this.latencies = grown(this.latencies)
    }
    this.ends[this.count] = endMs
    this.latencies[this.count++] = latencyMs
  }
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2)
  larger.set(values)
  return larger
}

function ask({ url, body, authorization }: LoadTask, times: Times): void {
  const { hostname, port, pathname } = new URL(url)
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${authorization}\r\ncontent-type: application/json`
  const request = `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  const socket = connect(Number(port), hostname)
  let heard = ''
  let sentAt = 0
  const send = () => {
    heard = ''
    sentAt = performance.now()
    socket.write(request)
  }
  socket.setNoDelay()
  socket.on('connect', send)
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1')
    const end = heard.indexOf('\r\n\r\n')
    const length = /content-length: (\d+)/i.exec(heard)?.[1]
    if (end < 0 || length === undefined || heard.length < end + 4 + Number(length)) return
    const now = performance.now()
    times.add(performance.timeOrigin + now, now - sentAt)
    if (!heard.startsWith('HTTP/1.1 200')) times.failed++
    send()
  })
  socket.on('error', () => times.failed++)
  socket.on('close', () => times.failed++)
}

function summary(times: Times, momentsMs: readonly number[]): TimedLoad {
  const [within, rest]: [number[], number[]] = [[], []]
  let next = 0
  for (let i = 0; i < times.count; i++) {
    const end = times.ends[i]!
    while (next < momentsMs.length && momentsMs[next]! + SECOND_MS < end) next++
    ;(next < momentsMs.length && momentsMs[next]! <= end ? within : rest).push(times.latencies[i]!)
  }
  const of = (latencies: number[]) => {
    const sorted = Float64Array.from(latencies).sort()
    return {
      ...{ requests: sorted.length, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0, mostMs: sorted.at(-1) ?? 0 },
    }
  }
  return { requests: times.count, failed: times.failed, within: of(within), rest: of(rest) }
}

if (import.meta.main) {
  process.once('message', (task: LoadTask) => {
    const times = new Times()
    for (let i = 0; i < task.connections; i++) ask(task, times)
    process.once('message', (momentsMs: number[]) => process.send?.(summary(times, momentsMs)))
  })
  process.once('disconnect', () => process.exit())
}
