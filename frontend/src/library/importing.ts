/** Reading a workflow file that a person drops on the library. No React. */

export const MAX_BYTES = 8 * 1024 * 1024

/** A file that is no workflow; the message is for the person. */
export class NotAWorkflow extends Error {}

/**
 * Read a dropped file into the body that creates a workflow, keys we do not know included.
 * Throws NotAWorkflow with a sentence that names the file and what was expected.
 */
export async function readWorkflowFile(file: File): Promise<Record<string, unknown>> {
  if (file.size > MAX_BYTES) {
    throw new NotAWorkflow(`${file.name} is larger than 8 MB, the most a workflow may have.`)
  }
  let value: unknown
  try {
    value = JSON.parse(await file.text())
  } catch {
    throw new NotAWorkflow(`${file.name} is not a JSON file, so it holds no workflow.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NotAWorkflow(`${file.name} holds no workflow: a JSON object was expected.`)
  }
  const body = value as Record<string, unknown>
  for (const key of ['nodes', 'edges']) {
    if (!Array.isArray(body[key])) {
      throw new NotAWorkflow(`${file.name} holds no workflow: it has no list of ${key}.`)
    }
  }
  const name = typeof body.name === 'string' && body.name.trim() ? body.name : stem(file.name)
  // A copy is one's own: it is neither a template nor put away because its original was.
  return { ...body, name, isTemplate: false, hidden: false, archived: false }
}

function stem(name: string): string {
  return (
    name
      .replace(/\.json$/i, '')
      .replace(/\.workflow$/i, '')
      .trim() || 'Imported workflow'
  )
}
