import { z } from 'zod'
import { KebabName, ModelName } from './names.ts'

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
