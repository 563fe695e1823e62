// Calls one drift hook in a process of its own, and ends. `call-drift-hook.ts` starts it.
import { Worker } from 'node:worker_threads'
import { lendPackages } from '../code/lent-packages.ts'
import { failureMessage } from '../run/failure-message.ts'
import { importDefault } from '../run/load-hooks.ts'
import { stepLog } from '../run/step-journal.ts'
import type { DriftHook } from './drift-hook.ts'
import type { FromDriftHook, ToDriftHook } from './messages.ts'

const WATCH_EVERY_MS = 500
const tell = (message: FromDriftHook) => new Promise<void>((resolve) => process.send!(message, () => resolve()))

/** Ends this process when nobody is left to tell, also while the hook never lets its event loop turn. */
function watchParent(): void {
  const source = `
    const parent = process.ppid
    setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGKILL'), ${WATCH_EVERY_MS})`
  new Worker(source, { eval: true, execArgv: [] }).unref()
}

async function call(task: Extract<ToDriftHook, { is: 'task' }>, signal: AbortSignal): Promise<FromDriftHook> {
  const { file, notice, project, callId } = task
  try {
    const hook = (await importDefault(file, file)) as DriftHook
    const now = () => new Date()
    await hook({ ...notice, project, callId, now, signal, log: stepLog(now, (line) => void tell({ is: 'log', line })) })
    return { is: 'done' }
  } catch (error) {
    return { is: 'failed', error: failureMessage(error, 'The hook') }
  }
}

if (import.meta.main) {
  lendPackages()
  watchParent()
  const stop = new AbortController()
  const end = async (message: FromDriftHook) => {
    await tell(message)
    process.exit(0)
  }
  process.on('disconnect', () => process.exit(1))
  process.on('message', async (message: ToDriftHook) => {
    if (message.is === 'task') await end(await call(message, stop.signal))
    else stop.abort(new Error(message.reason))
  })
  process.on('uncaughtException', (error) => void end({ is: 'failed', error: failureMessage(error, 'The hook') }))
}
