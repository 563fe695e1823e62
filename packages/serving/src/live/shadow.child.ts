// A challenger that answers unheard, in a process of its own: it loads the pipeline and the version by itself, so that
// nothing of it runs where the champion answers.
import { Worker } from 'node:worker_threads'
import { lendPackages, loadPipeline, planServing } from '@airlock-ml/sdk'
import { type LoadedVersion, loadVersion } from '../answer/loaded-version.ts'
import { answerEach } from './answer-each.ts'
import { type FromShadow, type ShadowTask, TOO_LARGE, type ToShadow } from './shadow-process.ts'

const WATCH_EVERY_MS = 100
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const tell = (message: FromShadow) => process.send?.(message, () => {})
const why = (thrown: unknown) => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown))

/** Ends the process when it is too large or its service is gone, also while a step never returns. */
function watch(memoryBytes: number): void {
  const source = `
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
      if (process.memoryUsage.rss() > ${memoryBytes}) process.kill(process.pid, '${TOO_LARGE}')
    }, ${WATCH_EVERY_MS})`
  new Worker(source, { eval: true, execArgv: [] }).unref()
}

async function load({ code, version, artifacts }: ShadowTask): Promise<LoadedVersion> {
  const pipeline = await loadPipeline(code.dir, { pipelines: code.pipelines }, code.pipeline)
  const plan = planServing(pipeline, { ...code, log: silent })
  return await loadVersion(plan, { version, bytesOf: async (role) => artifacts[role]! })
}

if (import.meta.main) {
  let loaded: LoadedVersion | null = null
  lendPackages()
  process.on('disconnect', () => process.exit())
  process.on('message', async (message: ToShadow) => {
    try {
      if (message.is === 'rows') return tell({ is: 'answered', answers: await answerEach(loaded!, message) })
      watch(message.memoryBytes)
      loaded = await load(message)
      tell({ is: 'ready', featureNames: loaded.featureNames, classLabels: loaded.classLabels })
    } catch (error) {
      tell({ is: 'failed', why: why(error) })
    }
  })
}
