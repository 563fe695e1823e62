import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { moduleFiles } from '@airlock-ml/sdk'
import { CONFIG_FILE } from '../../project/find-project.ts'
import { layout } from '../../project/layout.ts'
import { writePrivateJsonFile } from '../../project/private-file.ts'
import { readService, serviceFiles } from '../service-folder.ts'
import type { ServiceHere } from '../supervise-service.ts'
import { PACKAGES, writePackages } from './image-packages.ts'

/** Where a service listens in its container. */
export const CONTAINER_PORT = 8080

/** What a container is told by its environment. */
export const containerEnv = {
  /** What it signs in with. */
  secret: 'AIRLOCK_SERVICE_SECRET',
  /** Where its workspace answers. */
  workspaceUrl: 'AIRLOCK_WORKSPACE_URL',
  /** Where applications reach it. */
  url: 'AIRLOCK_SERVICE_URL',
} as const

/**
 * Writes a folder that an image of the service is built from: the kept code, the configuration, a Dockerfile. No secret,
 * no key and no model is in it. Returns the folder.
 */
export async function writeImage({ dir, projectDir, workspace, name }: ServiceHere): Promise<string> {
  const context = join(dir, 'image')
  await rm(context, { recursive: true, force: true })
  const file = await readService(dir, name)
  const home = join(context, homeIn(projectDir, { workspace, name }))
  const code = serviceFiles(dir).code(file.snapshotId)
  await cp(code, join(home, relative(dir, code)), { recursive: true })
  await writePrivateJsonFile(serviceFiles(home).service, { ...file, secret: '', invokeKey: null })
  const config = await moduleFiles(projectDir, [join(projectDir, CONFIG_FILE)])
  for (const each of config) {
    const to = join(context, relative(projectDir, each))
    await mkdir(dirname(to), { recursive: true })
    await cp(each, to)
  }
  await writePackages(context, projectDir)
  const log = logFolder({ projectDir, workspace, name })
  await writeFile(join(context, 'Dockerfile'), dockerfile({ workspace, name, log }))
  return context
}

type Named = Pick<ServiceHere, 'workspace' | 'name'>

/** The folder of a service, from that of its project. */
const homeIn = (projectDir: string, { workspace, name }: Named): string =>
  relative(projectDir, layout(projectDir).deployment(workspace, name)).replaceAll(sep, '/')

/** Where a service in its container has what it has not handed in. */
export const logFolder = ({ projectDir, ...named }: Named & { projectDir: string }): string =>
  `/app/${homeIn(projectDir, named)}/log`

const dockerfile = ({ workspace, name, log }: Named & { log: string }): string => `FROM node:24-slim
WORKDIR /app
COPY package*.json .npmrc* ./
COPY ${PACKAGES} ./${PACKAGES}
# Models are run on the processor: nothing is to be downloaded for others.
RUN ONNXRUNTIME_NODE_INSTALL=skip npm install --omit=dev --no-audit --no-fund
COPY --chown=node:node . .
RUN mkdir -p ${log} && chown node:node /app ${log}
USER node
EXPOSE ${CONTAINER_PORT}
CMD ["node_modules/.bin/airlock", "deployment", "serve", "${name}", "--workspace", "${workspace}", "--host", "0.0.0.0", "--port", "${CONTAINER_PORT}"]
`
