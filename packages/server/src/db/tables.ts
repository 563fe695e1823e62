import type { ArtifactTables } from '../artifacts/store.ts'
import type { AuditTables } from '../audit/store.ts'
import type { IdentityTables } from '../identity/store.ts'
import type { ModelTables } from '../models/store.ts'
import type { OutboxTables } from '../outbox/store.ts'
import type { PipelineTables } from '../pipelines/store.ts'
import type { PolicyTables } from '../policies/store.ts'
import type { ProjectTables } from '../projects/store.ts'
import type { PromotionTables } from '../promotions/store.ts'
import type { RunTables } from '../runs/store.ts'
import type { StackTables } from '../stacks/store.ts'
import type { TrustTables } from '../trust/store.ts'
import type { WorkspaceTables } from '../workspace/store.ts'
import type { IdempotencyTables } from './idempotency.ts'
import type { SchemaTables } from './migrate.ts'

/** Each slice declares its own tables; this file only adds them up. */
export type Tables = SchemaTables &
  IdempotencyTables &
  WorkspaceTables &
  AuditTables &
  OutboxTables &
  IdentityTables &
  TrustTables &
  ProjectTables &
  StackTables &
  PipelineTables &
  ArtifactTables &
  ModelTables &
  RunTables &
  PolicyTables &
  PromotionTables
