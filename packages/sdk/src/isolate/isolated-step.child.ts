// Runs the body of one step in a process or a thread of its own, and ends. `run-in-process.ts` and `run-in-thread.ts`
// start it.
import { parentPort } from 'node:worker_threads'
import { lendPackages } from '../code/lent-packages.ts'
import { IsolatedBody } from './isolated-body.ts'
import type { FromIsolated, ToIsolated } from './messages.ts'
import { sendError } from './send-error.ts'

type Link = {
  /** Resolves when it is sent, so that the process may end. */
  tell: (message: FromIsolated) => Promise<void>
  listen: (take: (message: ToIsolated) => void) => void
}

const processLink: Link = {
  tell: (message) => new Promise<void>((resolve) => process.send!(message, () => resolve())),
  listen: (take) => {
    process.on('message', take)
    // Nobody is left to work for.
    process.on('disconnect', () => process.exit(1))
  },
}

const threadLink = (port: NonNullable<typeof parentPort>): Link => ({
  tell: async (message) => port.postMessage(message),
  listen: (take) => void port.on('message', take),
})

if (import.meta.main) {
  lendPackages()
  const { tell, listen } = parentPort ? threadLink(parentPort) : processLink
  const body = new IsolatedBody((message) => void tell(message))
  // In a thread it ends that thread alone.
  const end = async (message: FromIsolated) => {
    await tell(message)
    process.exit(0)
  }
  listen(async (message) => {
    if (message.type === 'task') return await end(await body.run(message.task))
    if (message.type !== 'stop') return await body.answered(message)
    body.stop(message.reason)
    // The step has heard of it; whoever started this no longer listens.
    setImmediate(() => process.exit(0))
  })
  process.on('uncaughtException', (error) => void end({ type: 'failed', error: sendError(error, 'The step') }))
}
