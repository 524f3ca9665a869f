/** The playground's form, made from what a workflow asks for. No React. */
import type { Json, JsonObject } from '../../api/document'
import type { Schema } from '../../api/play'
import { requestFields, textOf } from '../../catalog/ports'
import { isEmpty, numberProblem, requestValue } from '../../document/check'
import { type FieldSpec, requestSpec } from '../fields/spec'
import { texts } from './texts'

export type Values = Record<string, Json | undefined>
/** What is wrong with which field, in sentences, by the field's name. */
export type FieldProblems = Record<string, string>

/** One row of the form. */
export interface FormField {
  name: string
  spec: FieldSpec
  /** What the run uses when the field is left empty. */
  fallback: Json
  /** The title above it and its neighbors of the same group. */
  group: string
  /** Folded away until it is opened. */
  advanced: boolean
}

/** The rows of the form in order. A name declared twice counts once, the first time. */
export function formOf(schema: Pick<Schema, 'fields' | 'values'>): FormField[] {
  const rows = new Map<string, FormField>()
  for (const field of requestFields({ fields: schema.fields as never })) {
    if (rows.has(field.name)) continue
    const fallback = requestValue({ values: schema.values }, field)
    rows.set(field.name, {
      name: field.name,
      spec: requestSpec(field),
      fallback,
      group: textOf(field.group),
      advanced: field.advanced === true,
    })
  }
  return [...rows.values()]
}

/** Rows that follow each other under one title, "" for those without. */
export interface FormGroup {
  title: string
  rows: FormField[]
}

/** The form in groups, and last what is folded away. */
export function groupsOf(form: readonly FormField[]): {
  groups: FormGroup[]
  advanced: FormField[]
} {
  const groups: FormGroup[] = []
  for (const field of form) {
    if (field.advanced) continue
    const last = groups.at(-1)
    if (last && last.title === field.group) last.rows.push(field)
    else groups.push({ title: field.group, rows: [field] })
  }
  return { groups, advanced: form.filter(field => field.advanced) }
}

/** What the form shows at first: the saved values, or else the defaults. */
export function initialValues(form: readonly FormField[]): Values {
  return Object.fromEntries(form.map(({ name, fallback }) => [name, fallback ?? undefined]))
}

/** Say what keeps the form from being sent: required fields left empty, numbers out of limits. */
export function formProblems(form: readonly FormField[], values: Values): FieldProblems {
  const problems: FieldProblems = {}
  for (const { name, spec, fallback } of form) {
    const value = values[name]
    if (isEmpty(value)) {
      const text = spec.type === 'text' && value === ''
      if (spec.required && (text || isEmpty(fallback)))
        problems[name] = NEEDED[spec.widget] ?? PLAIN
    } else if (typeof value === 'number') {
      const problem = numberProblem(value, spec)
      if (problem) problems[name] = problem
    }
  }
  return problems
}

const PLAIN = texts.thisNeedsAValue
const NEEDED: Record<string, string> = {
  asset: texts.thisNeedsAFile,
  pills: texts.chooseOneOfThese,
  select: texts.chooseOneOfThese,
  color: texts.thisNeedsAColor,
}

/** The `inputs` of a run: every field that has a value. */
export function inputsOf(form: readonly FormField[], values: Values): JsonObject {
  const inputs: JsonObject = {}
  for (const { name } of form) {
    const value = values[name]
    if (value !== undefined && value !== null) inputs[name] = value
  }
  return inputs
}

interface Issue {
  message: string
  field?: string | null
}

/** Sort the server's problems into those of a field of the form and those of the workflow. */
export function sortIssues(form: readonly FormField[], issues: readonly Issue[]) {
  const names = new Set(form.map(({ name }) => name))
  const fields: FieldProblems = {}
  const others: string[] = []
  for (const { field, message } of issues) {
    if (field && names.has(field)) fields[field] ??= message
    else others.push(message)
  }
  return { fields, others }
}
