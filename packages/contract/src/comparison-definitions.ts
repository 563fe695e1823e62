import { z } from 'zod'
import { Held } from './changes.ts'
import { KebabName, ModelName, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'

export const ComparisonMetric = z.enum(['accuracy', 'recall', 'specificity', 'roc_auc'])
export type ComparisonMetric = z.infer<typeof ComparisonMetric>

const Margin = z.number().gt(0).lt(1)

/** The most tests that one comparison makes of slices: each makes the correction of all stricter. */
const MAX_SLICES = 50

const Slice = z
  .strictObject({
    name: KebabName,
    feature: z.string().min(1).max(200),
    atLeast: z.number().optional(),
    below: z.number().optional(),
  })
  .refine(({ atLeast, below }) => atLeast !== undefined || below !== undefined, 'needs `atLeast`, `below` or both')
  .refine(
    ({ atLeast = -Infinity, below = Infinity }) => atLeast < below,
    'holds no number: `atLeast` is not below `below`',
  )

/** How two versions of a model are held against each other, declared once for held-out rows, shadow and canary. */
export const ComparisonDefinition = z
  .strictObject({
    name: KebabName,
    model: ModelName,
    positive: z.string().min(1).max(200).describe('The class that recall, specificity and ROC AUC speak of.'),
    metrics: z
      .array(ComparisonMetric)
      .min(1)
      .default([...ComparisonMetric.options]),
    judgedBy: ComparisonMetric.default('accuracy').describe('The metric that `better` is said of. It has a margin.'),
    margins: z
      .partialRecord(ComparisonMetric, Margin)
      .describe('The most that the challenger may lose in each of these and still count as not worse.'),
    slices: z
      .array(Slice)
      .max(MAX_SLICES)
      .default([])
      .describe('Parts of the rows in which it must not be worse either.'),
    minimumSample: z
      .strictObject({ rows: z.int().min(1).default(100), ofEachClass: z.int().min(1).default(20) })
      .prefault({})
      .describe('Below which nothing is said; of a canary, on each side.'),
    confidence: z.number().min(0.5).lt(1).default(0.95).describe('Of the intervals; p counts below 1 less this.'),
  })
  .superRefine(({ metrics, judgedBy, margins, slices }, { addIssue }) => {
    const wrong = (path: (string | number)[], message: string) => addIssue({ code: 'custom', path, message })
    for (const name of Object.keys(margins) as ComparisonMetric[])
      if (!metrics.includes(name)) wrong(['margins', name], `is not among \`metrics\`: ${metrics.join(', ')}`)
    if (margins[judgedBy] === undefined) wrong(['margins'], `has none for ${judgedBy}, which it is judged by`)
    const names = slices.map(({ name }) => name)
    for (const [at, name] of names.entries())
      if (names.indexOf(name) < at) wrong(['slices', at, 'name'], `is that of another slice, ${name}`)
    if (new Set(metrics).size < metrics.length) wrong(['metrics'], 'has one twice')
  })
  .meta({
    id: 'ComparisonDefinition',
    description: 'How two versions of a model are held against each other.',
    examples: [{ name: 'live-quality', model: 'risk', positive: 'yes', margins: { accuracy: 0.02 } }],
  })
export type ComparisonDefinition = z.output<typeof ComparisonDefinition>
export type ComparisonDeclaration = z.input<typeof ComparisonDefinition>

/** A version of a definition, as it was registered. Versions are kept for ever; the highest one of a name is in force. */
export const RegisteredComparison = z
  .object({
    project: KebabName,
    name: KebabName,
    version: z.int().positive(),
    digest: Sha256.describe('SHA-256 of the RFC 8785 JSON of its definition, defaults included.'),
    spec: ComparisonDefinition,
    appliedBy: z.string(),
    appliedAt: Timestamp,
  })
  .meta({ id: 'RegisteredComparison', description: 'A version of the definition of a comparison.' })
export type RegisteredComparison = z.infer<typeof RegisteredComparison>

/** By which definition two versions were held against each other, and what the workspace that tells it knows of that. */
export const JudgedBy = z
  .object({
    name: z.string().max(100).nullable().describe('Null where what compared them names none.'),
    digest: Sha256.nullable().describe('SHA-256 of the RFC 8785 JSON of the definition.'),
    registered: z.boolean().describe('Whether a definition of that name and digest is registered here.'),
    version: z.int().positive().nullable().describe('The version that it is registered as.'),
    registeredAt: Timestamp.nullable(),
    latest: z.int().positive().nullable().describe('The newest version of that name when they were compared.'),
    beforehand: z
      .boolean()
      .describe(
        'Whether it was in force before there was anything to look at: before the challenger was trained, or, of what a service answered, before the challenger or rollout began, which named it or had no other to be judged by.',
      ),
  })
  .meta({ id: 'JudgedBy', description: 'By which definition two versions were held against each other.' })
export type JudgedBy = z.infer<typeof JudgedBy>

export const comparisonDefinitionRoutes = {
  applyComparison: {
    method: 'POST',
    path: '/projects/{project}/comparisons',
    summary:
      'Register a new version of the definition of a comparison. The same again changes nothing. Held by four eyes when it loosens.',
    action: 'comparison:write',
    params: inProject,
    body: ComparisonDefinition,
    response: RegisteredComparison,
    held: Held,
    status: 201,
    creates: true,
    errors: ['project_not_found'],
  },
  listRegisteredComparisons: {
    method: 'GET',
    path: '/projects/{project}/comparisons',
    summary: 'List versions of registered comparisons, newest first.',
    action: 'comparison:read',
    params: inProject,
    query: PageQuery.extend({ name: KebabName.optional() }),
    response: page(RegisteredComparison),
    errors: ['project_not_found'],
  },
  showRegisteredComparison: {
    method: 'GET',
    path: '/projects/{project}/comparisons/{comparison}',
    summary: 'Show the version of a registered comparison that is in force, or another one.',
    action: 'comparison:read',
    params: inProject.extend({ comparison: KebabName }),
    query: z.object({ version: z.coerce.number().int().positive().optional() }),
    response: RegisteredComparison,
    errors: ['project_not_found', 'comparison_not_registered'],
  },
} as const satisfies Routes
