import { PlatformError, type Project } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findProject, insertProject } from './store.ts'

/** @throws PlatformError `project_exists` */
export async function createProject(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  wanted: { name: string; description: string },
  by: RequestContext,
): Promise<Project> {
  if (await findProject(tx, wanted.name))
    throw new PlatformError('project_exists', `There is a project ${wanted.name} already.`)
  const project = { id: deps.newId(), ...wanted, createdAt: deps.now().toISOString() }
  await insertProject(tx, project)
  await record(tx, deps, {
    type: 'project.created',
    actor: by.actor,
    requestId: by.requestId,
    project: project.name,
    subject: { kind: 'project', id: project.name },
  })
  return project
}
