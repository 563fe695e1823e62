// Run as a process of its own by run-crashes.test.ts: runs a small training pipeline in the workspace of a folder.
import { createClient } from '@airlock-ml/client'
import { compile, runPipeline } from '@airlock-ml/sdk'
import { openWorkspace } from '@airlock-ml/server'
import { project } from './embedded-workspace.ts'
import { training } from './training-pipeline.ts'

const [dir = '', apiKey = ''] = process.argv.slice(2)
const workspace = await openWorkspace({ dir, exchange: `${dir}-exchange` })
const client = createClient({ baseUrl: 'http://dev.workspace', fetch: workspace.fetch, apiKey })
const code = { digest: 'c'.repeat(64), commit: null, dirty: true }
const snapshot = compile(training, { params: {}, environment: 'local', stack: 'dev-stack', code })
const { run } = await runPipeline({ client, project, pipeline: training, snapshot })
await workspace.close()
console.log(run.status)
