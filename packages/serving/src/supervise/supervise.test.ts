import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRotatingLog } from './rotating-log.ts'
import type { StartProcess } from './run-team.ts'
import type { ServiceLayout } from './service-messages.ts'
import { supervise, supervisorFiles } from './supervise.ts'
import { takeLock } from './supervisor-lock.ts'
import { readSupervisorState } from './supervisor-state.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-supervise-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const layout: ServiceLayout = { host: '127.0.0.1', port: 0, processes: 1 }
const times = { firstMs: 40, mostMs: 160, steadyMs: 10_000, drainMs: 500, stuckMs: 400 }

/** Supervises processes that run `code`; `stop` stops them. */
async function supervising(code: string, over: { layout?: ServiceLayout; log?: { maxBytes: number } } = {}) {
  const script = join(dir, 'service.mjs')
  await writeFile(script, code)
  const asked = Promise.withResolvers<void>()
  const started: (Parameters<StartProcess>[0] & { process: ChildProcess })[] = []
  const ended = supervise({
    ...{ dir, layout, times, stopped: asked.promise, ...over },
    start: (each) => {
      const process = fork(script, [String(each.number), String(each.port)], {
        execArgv: [],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      })
      started.push({ ...each, process })
      return process
    },
  })
  const stop = async () => {
    asked.resolve()
    return await ended
  }
  return { started, ended, stop, state: () => readSupervisorState(supervisorFiles(dir).state) }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500 && !(await isSo()); tries += 1) await wait(20)
  expect(await isSo()).toBe(true)
}

const ready = (url = 'http://127.0.0.1:4321') => `process.send({ is: 'ready', url: '${url}' });`
const staying = 'setInterval(() => {}, 1000); process.on("SIGTERM", () => process.exit());'

test('a process that ends is started again, later each time, and it is said why', async () => {
  const { started, state, stop } = await supervising('console.error("no port is free"); process.exit(3)')
  await until(() => started.length >= 4)
  expect(await state()).toMatchObject({
    restarts: expect.any(Number),
    trouble: expect.stringContaining('The process ended with 3.\nno port is free'),
  })
  expect(await stop()).toBe('stopped')
  const log = await readFile(supervisorFiles(dir).log, 'utf8')
  const delays = [...log.matchAll(/again in ([\d.]+) s/g)].map(([, seconds]) => Number(seconds))
  expect(delays.slice(0, 4)).toEqual([0.04, 0.08, 0.16, 0.16].slice(0, delays.length))
  expect(await state()).toMatchObject({ state: 'stopped', pids: {} })
})

test('one that stays is serving, and is asked to end when the supervisor is', async () => {
  const { started, state, stop } = await supervising(ready() + staying)
  await until(async () => (await state())?.state === 'serving')
  expect(await state()).toMatchObject({ url: 'http://127.0.0.1:4321', pids: { 0: started[0]?.process.pid } })
  await stop()
  expect(started.map(({ process }) => process.exitCode)).toEqual([0])
})

test('one that does not drain is killed', async () => {
  const { started, state, stop } = await supervising(
    `${ready()} setInterval(() => {}, 1000); process.on("SIGTERM", () => {})`,
  )
  await until(async () => (await state())?.state === 'serving')
  await stop()
  expect(started[0]?.process.signalCode).toBe('SIGKILL')
}, 10_000)

const alive = 'setInterval(() => process.send({ is: "alive" }), 50);'

test('one that hangs is killed and started again, told so, and one that never spoke is left alone', async () => {
  const code = `${ready()} ${staying} if (process.argv[2] === '0') { ${alive} setTimeout(() => { for (;;); }, 200) }`
  const { started, state, stop } = await supervising(code, { layout: { ...layout, processes: 2 } })
  await until(() => started.length >= 4)
  const [first, quiet, ...again] = started
  expect(first?.process.signalCode).toBe('SIGKILL')
  expect([quiet?.number, quiet?.process.exitCode, quiet?.process.signalCode]).toEqual([1, null, null])
  expect([first?.wasStuck, quiet?.wasStuck, ...again.map(({ wasStuck }) => wasStuck)]).toEqual([
    ...[false, false],
    ...again.map(() => true),
  ])
  const { lastExit } = (await state())!
  expect(lastExit?.how).toBe('said nothing for 0.4 s, as in a step that never ends, and was killed')
  const log = await readFile(supervisorFiles(dir).log, 'utf8')
  const delays = [...log.matchAll(/0 \(\d+\) said nothing .* again in ([\d.]+) s/g)].map(([, seconds]) =>
    Number(seconds),
  )
  expect(delays.slice(0, 2)).toEqual([0.04, 0.08])
  await stop()
}, 10_000)

test('one that is busy, and speaks now and then, is left alone', async () => {
  const code = `${ready()} ${staying} ${alive} setInterval(() => { for (const end = Date.now() + 200; Date.now() < end;); }, 1)`
  const { started, stop } = await supervising(code)
  await wait(1_500)
  expect(started).toHaveLength(1)
  await stop()
})

test('a port that was named is given up when any will do, and one that was given is kept', async () => {
  const code = `process.send({ is: 'ready', url: 'http://127.0.0.1:' + (Number(process.argv[3]) || 5001) }); ${staying}`
  const portsOf = async (port: number) => {
    const { started, state, stop } = await supervising(code, { layout: { ...layout, port } })
    await until(async () => (await state())?.state === 'serving')
    await stop()
    return started.map((each) => each.port)
  }
  expect([await portsOf(0), await portsOf(0)]).toEqual([[0], [5001]])
  expect([await portsOf(4123), await portsOf(0), await portsOf(0)]).toEqual([[4123], [0], [5001]])
  const wants = `if (process.argv[3] === '4123') process.send({ is: 'wants', layout: ${JSON.stringify(layout)} });`
  const { started, stop } = await supervising(wants + code, { layout: { ...layout, port: 4123 } })
  await until(() => started.length === 2)
  expect(started.map((each) => each.port)).toEqual([4123, 0])
  await stop()
})

test('a port that was given once is asked for again, by all processes', async () => {
  const { started, stop } = await supervising(ready() + staying, { layout: { ...layout, processes: 3 } })
  await until(() => started.length === 3)
  expect(started.map(({ number, port, sharesPort }) => [number, port, sharesPort])).toEqual([
    [0, 0, true],
    [1, 4321, true],
    [2, 4321, true],
  ])
  started[0]?.process.kill('SIGKILL')
  await until(() => started.length === 4)
  expect(started[3]).toMatchObject({ number: 0, port: 4321 })
  await stop()
})

test('when the settings ask for another layout all are started anew, and when nothing is left to serve it ends', async () => {
  const wants = { host: '127.0.0.1', port: 4400, processes: 2 }
  const code = `if (process.argv[2] === '0') process.send({ is: 'wants', layout: ${JSON.stringify(wants)} }); ${ready()} ${staying}
    process.on('message', ({ is }) => { if (is === 'others') process.send({ is: 'over', why: 'It was deleted.' }) })
    if (process.argv[2] === '1') process.send({ is: 'report', report: {} })`
  const { started, ended, state } = await supervising(code)
  expect(await ended).toBe('over')
  expect(started.map(({ number, port }) => [number, port])).toEqual([
    [0, 0],
    [0, 4400],
    [1, 4400],
  ])
  expect(await state()).toMatchObject({ state: 'over', trouble: 'It was deleted.' })
})

test('one whose folder is removed stops', async () => {
  const { started, ended, state } = await supervising(ready() + staying)
  await until(async () => (await state())?.state === 'serving')
  await rm(dir, { recursive: true })
  expect(await ended).toBe('stopped')
  expect(started[0]?.process.exitCode).toBe(0)
})

test('a folder has one supervisor, and a lock that was left behind is taken over by one', async () => {
  const file = join(dir, 'lock')
  const first = await takeLock(file)
  await expect(takeLock(file)).rejects.toMatchObject({ code: 'deployment_runs' })
  await first.release()
  for (const left of [{ pid: process.pid, startedAt: 'another time' }, { pid: 2 ** 22 + 1, startedAt: null }, 'half']) {
    await writeFile(file, JSON.stringify(left).slice(0, left === 'half' ? 3 : undefined))
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(file)))
    const won = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(won).toHaveLength(1)
    await won[0]?.release()
  }
})

test('a log is cut into files of a size, of which the oldest go', async () => {
  const log = openRotatingLog(join(dir, 'log'), { maxBytes: 100, keep: 2 })
  for (let line = 0; line < 50; line += 1) log.write(`line ${String(line).padStart(3, '0')}\n`)
  const files = await Promise.all(['log.2', 'log.1', 'log'].map((name) => readFile(join(dir, name), 'utf8')))
  expect(files.every((text) => text.length <= 100)).toBe(true)
  expect(files.join('').trimEnd().split('\n').at(-1)).toBe('line 049')
  await expect(readFile(join(dir, 'log.3'))).rejects.toThrow('ENOENT')
})
